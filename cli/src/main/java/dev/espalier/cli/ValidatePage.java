package dev.espalier.cli;

import dev.espalier.run.data.Feed;
import dev.espalier.run.stats.Interval;
import dev.espalier.run.validate.AccuracyProbe;
import dev.espalier.run.validate.EdgeProbe;
import dev.espalier.run.validate.LatencyProbe;
import dev.espalier.run.validate.MemoryProbe;
import dev.espalier.run.validate.SegmentProbe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What `validate` found, as one page that needs nothing else: no scripts, nothing from elsewhere. Verdicts come
/// first.
final class ValidatePage {
    private static final int MOST_LAYERS = 60;
    private static final int MOST_SEGMENTS = 40;

    private static final String STYLE = """
            :root{--fg:#1c2024;--bg:#fff;--soft:#5b6570;--rule:#d8dde2;--a:#8a97a5;--b:#1f6feb;--yes:#1a7f37;--no:#c62828;\
            --maybe:#9a6700}
            @media(prefers-color-scheme:dark){:root{--fg:#e6e9ec;--bg:#14181c;--soft:#9aa5b1;--rule:#333b43;--a:#6c7a89;\
            --b:#5aa2ff;--yes:#4cc46a;--no:#ff6b6b;--maybe:#e0b040}}
            @media print{:root{--fg:#000;--bg:#fff;--soft:#444;--rule:#bbb;--a:#999;--b:#1f4fa8;--yes:#1a7f37;--no:#c62828;\
            --maybe:#7a5200}section{break-inside:avoid}}
            *{box-sizing:border-box}
            body{margin:0 auto;max-width:60rem;padding:1rem;font:16px/1.5 system-ui,sans-serif;color:var(--fg);\
            background:var(--bg);overflow-wrap:anywhere}
            h1{font-size:1.5rem;line-height:1.2;margin:.5rem 0}h2{font-size:1.15rem;margin:2rem 0 .5rem;\
            border-top:1px solid var(--rule);padding-top:1rem}
            p{margin:.4rem 0}.soft{color:var(--soft)}.verdict{font-size:1.5rem;font-weight:700}
            .yes{color:var(--yes)}.no{color:var(--no)}.maybe{color:var(--maybe)}.none{color:var(--soft)}
            .wide{overflow-x:auto}table{border-collapse:collapse;font-size:.9rem;margin:.5rem 0}
            th,td{text-align:left;padding:.25rem .75rem .25rem 0;border-bottom:1px solid var(--rule);\
            vertical-align:top;white-space:nowrap}.reason td:last-child{white-space:normal;width:100%}
            .n{text-align:right;font-variant-numeric:tabular-nums}
            svg{display:block;width:100%;max-width:34rem;margin:.75rem 0}
            svg text{font:11px system-ui,sans-serif;fill:var(--fg)}rect.a{fill:var(--a)}rect.b,circle.b{fill:var(--b)}
            polyline{fill:none;stroke-width:2}polyline.a{stroke:var(--a)}polyline.b{stroke:var(--b)}
            line.axis{stroke:var(--rule)}line.range{stroke:var(--b);stroke-width:2}
            line.bound{stroke:var(--no);stroke-dasharray:4 3}
            .key i{display:inline-block;width:.8em;height:.8em;margin:0 .3em 0 .8em}
            """;

    private final ValidateReport report;
    private final StringBuilder html = new StringBuilder();

    private ValidatePage(ValidateReport report) {
        this.report = report;
    }

    static void write(ValidateReport report, Path file) throws IOException {
        Files.writeString(file, new ValidatePage(report).page());
    }

    private String page() {
        html.append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
                .append("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">")
                .append("<title>"
                        + Html.escape(report.verdict() + ": " + report.pruned().file()) + "</title><style>\n")
                .append(STYLE)
                .append("</style></head><body>\n");
        head();
        verdicts();
        report.found(AccuracyProbe.Result.class).forEach(this::accuracy);
        report.found(SegmentProbe.Result.class).forEach(this::segments);
        report.found(EdgeProbe.Result.class).forEach(this::edge);
        report.found(LatencyProbe.Result.class).forEach(this::latency);
        memory();
        layers();
        unreadable();
        return html.append("</body></html>\n").toString();
    }

    private void head() {
        String kind = switch (report.verdict()) {
            case "ship" -> "yes";
            case "do not ship" -> "no";
            default -> "maybe";
        };
        html.append("<h1>" + Html.escape(report.pruned().file()) + "</h1>\n");
        html.append("<p class=\"verdict " + kind + "\">" + report.verdict() + "</p>\n");
        if (report.isPartial()) {
            paragraph("no", "Partial: it was ended early.");
        }
        paragraph("soft", "in the place of " + report.original().file());
        report.basis().lines().forEach(line -> paragraph("soft", line));
        html.append("<p class=\"key soft\"><i style=\"background:var(--a)\"></i>original");
        html.append("<i style=\"background:var(--b)\"></i>pruned</p>\n");
    }

    private void paragraph(String kind, String text) {
        html.append("<p class=\"" + kind + "\">" + Html.escape(text) + "</p>\n");
    }

    private void section(String title) {
        html.append("</section><section><h2>" + Html.escape(title) + "</h2>\n");
    }

    private void verdicts() {
        html.append("<section><h2>Verdicts</h2><div class=\"reason wide\"><table><tbody>\n");
        for (ValidateReport.Probe probe : report.probes()) {
            String kind = switch (probe.found().answer()) {
                case PASS -> "yes";
                case FAIL -> "no";
                case CANNOT_TELL -> "maybe";
                case NOT_ASKED -> "none";
            };
            html.append("<tr><td>" + Html.escape(probe.probe()) + (probe.decides() ? " *" : "") + "</td><td class=\""
                    + kind + "\">" + probe.answer() + "</td><td>" + Html.escape(probe.reason()) + "</td></tr>\n");
        }
        html.append("</tbody></table></div><p class=\"soft\">* decides</p>\n");
        html.append(Html.table(
                ValidateText.rows(report),
                List.of(
                        Html.text("", ValidateText.Row::figure),
                        Html.number("original", ValidateText.Row::original),
                        Html.number("pruned", ValidateText.Row::pruned))));
    }

    private void accuracy(AccuracyProbe.Result found) {
        section("Accuracy");
        paragraph("", "The drop in points, its 95 % interval, and the bound (dashed).");
        html.append(SvgChart.ranges(
                "drop with interval",
                List.of(range("drop", found.interval(), found.drop())),
                found.maxDrop(),
                "points"));
        found.paired()
                .ifPresent(paired -> paragraph(
                        "soft",
                        paired.lost() + " samples are lost, " + paired.gained() + " gained; McNemar's exact test p = "
                                + ValidateText.figure(found.mcNemar().orElse(1.0))));
    }

    private static SvgChart.Range range(String name, Interval interval, double value) {
        return new SvgChart.Range(name, interval.low(), value, interval.high());
    }

    private void segments(SegmentProbe.Result found) {
        if (found.segments().isEmpty()) {
            return;
        }
        section("Segments: " + found.by());
        paragraph("", "The drop in points in each, with intervals that hold together at 95 %.");
        List<SegmentProbe.Segment> shown = found.segments()
                .subList(0, Math.min(MOST_SEGMENTS, found.segments().size()));
        html.append(SvgChart.ranges(
                "drop in each segment",
                shown.stream().map(s -> range(s.name(), s.interval(), s.drop())).toList(),
                found.maxDrop(),
                "points"));
        html.append(Html.table(
                shown,
                List.of(
                        Html.text(found.by(), SegmentProbe.Segment::name),
                        Html.number("samples", s -> Figures.count(s.samples())),
                        Html.number("original %", s -> ValidateText.percent(s.original())),
                        Html.number("pruned %", s -> ValidateText.percent(s.pruned())),
                        Html.number("drop", s -> String.format(Locale.ROOT, "%.2f", s.drop())),
                        Html.text("", s -> s.answer().toString()))));
        if (found.segments().size() > shown.size()) {
            paragraph("soft", "and " + (found.segments().size() - shown.size()) + " more");
        }
    }

    private void edge(EdgeProbe.Result found) {
        if (found.deciles().isEmpty()) {
            return;
        }
        section("Edge cases");
        paragraph(
                "",
                "Samples in tenths by the original's margin, the least sure first: how many are decided otherwise.");
        List<SvgChart.Pair> pairs = new ArrayList<>();
        for (int i = 0; i < found.deciles().size(); i++) {
            EdgeProbe.Decile decile = found.deciles().get(i);
            String name = "to " + ValidateText.shortest(decile.highest());
            pairs.add(new SvgChart.Pair(name, 0, decile.flips(), decile.flips() + " of " + decile.samples()));
        }
        html.append(SvgChart.bars("flips by margin", pairs));
        html.append(Html.table(
                found.deciles(),
                List.of(
                        Html.text(
                                "margin",
                                d -> ValidateText.shortest(d.lowest()) + " to " + ValidateText.shortest(d.highest())),
                        Html.number("samples", d -> Figures.count(d.samples())),
                        Html.number("flips", d -> Figures.count(d.flips())),
                        Html.number("original %", d -> percent(d.original())),
                        Html.number("pruned %", d -> percent(d.pruned())))));
        if (!found.worst().isEmpty()) {
            paragraph("", "The flips that the original was surest of, with the largest outputs of both:");
            html.append(Html.table(
                    found.worst(),
                    List.of(
                            Html.number("sample", f -> Integer.toString(f.sample())),
                            Html.number("label", f -> f.label() < 0 ? "-" : Integer.toString(f.label())),
                            Html.number("margin", f -> ValidateText.shortest(f.originalMargin())),
                            Html.text("original", f -> outputs(f.original())),
                            Html.text("pruned", f -> outputs(f.pruned())))));
        }
    }

    private static String percent(@Nullable Double share) {
        return share == null ? "-" : ValidateText.percent(share);
    }

    private static String outputs(List<EdgeProbe.ClassOutput> outputs) {
        StringBuilder text = new StringBuilder();
        outputs.stream()
                .limit(3)
                .forEach(o -> text.append(o.number() + ": " + ValidateText.shortest(o.value()) + "  "));
        return text.toString().strip();
    }

    private void latency(LatencyProbe.Result found) {
        section("Latency on this machine");
        paragraph(
                "",
                "The share of runs that take at most so long, up to 95 %: " + found.rounds() + " rounds, batch "
                        + found.batch() + ", threads " + found.settings().threads() + ".");
        html.append(SvgChart.distributions(
                "latency", found.original().percentiles(), found.pruned().percentiles(), "ms"));
        html.append(SvgChart.ranges(
                "speed-up",
                List.of(
                        range("speed-up", found.interval(), found.speedup()),
                        range(
                                "itself",
                                found.noise(),
                                (found.noise().low() + found.noise().high()) / 2)),
                found.settings().minSpeedup(),
                "times"));
    }

    private void memory() {
        section("Size and memory");
        List<SvgChart.Pair> pairs = new ArrayList<>();
        pairs.add(sizes("file", report.original().bytes(), report.pruned().bytes()));
        pairs.add(
                sizes("file, gzip", report.original().gzipped(), report.pruned().gzipped()));
        for (MemoryProbe.Result found : report.found(MemoryProbe.Result.class)) {
            MemoryProbe.Use before = found.original();
            MemoryProbe.Use after = found.pruned();
            if (before != null && after != null) {
                pairs.add(sizes("loaded", before.loaded(), after.loaded()));
                pairs.add(sizes("peak of runs", before.peak(), after.peak()));
            }
        }
        html.append(SvgChart.bars("size and memory", pairs));
    }

    private static SvgChart.Pair sizes(String name, long original, long pruned) {
        return new SvgChart.Pair(name, original, pruned, ValidateText.megabytes(pruned));
    }

    private void layers() {
        section("Zeros in each layer, %");
        List<ValidateReport.Layer> shown =
                report.layers().subList(0, Math.min(MOST_LAYERS, report.layers().size()));
        html.append(SvgChart.bars(
                "zeros in each layer",
                shown.stream()
                        .map(layer -> {
                            Double pruned = layer.pruned();
                            return new SvgChart.Pair(
                                    layer.weight(),
                                    layer.original(),
                                    pruned == null ? 0 : pruned,
                                    pruned == null ? "not there" : String.format(Locale.ROOT, "%.2f", pruned));
                        })
                        .toList()));
        if (report.layers().size() > shown.size()) {
            paragraph("soft", "and " + (report.layers().size() - shown.size()) + " more");
        }
    }

    private void unreadable() {
        if (!report.unreadable().isEmpty()) {
            section("Samples that could not be read");
            paragraph("", report.unreadable().size() + ", allowed are " + report.maxBad() + ":");
            html.append(Html.table(
                    report.unreadable(),
                    List.of(
                            Html.number("sample", u -> Integer.toString(u.sample())),
                            Html.text("why", Feed.Unreadable::reason))));
        }
        html.append("</section>\n");
    }
}
