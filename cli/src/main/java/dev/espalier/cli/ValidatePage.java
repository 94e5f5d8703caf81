package dev.espalier.cli;

import dev.espalier.run.data.Feed;
import dev.espalier.run.stats.Interval;
import dev.espalier.run.validate.AccuracyProbe;
import dev.espalier.run.validate.Answer;
import dev.espalier.run.validate.EdgeProbe;
import dev.espalier.run.validate.LatencyProbe;
import dev.espalier.run.validate.MemoryProbe;
import dev.espalier.run.validate.SegmentProbe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What `validate` found, as a page. Verdicts come first.
final class ValidatePage {
    private static final int MOST_LAYERS = 60;
    private static final int MOST_SEGMENTS = 40;

    private final ValidateReport report;
    private final HtmlPage page;

    private ValidatePage(ValidateReport report) {
        this.report = report;
        this.page = new HtmlPage(report.verdict() + ": " + report.pruned().file());
    }

    static void write(ValidateReport report, Path file) throws IOException {
        ValidatePage validate = new ValidatePage(report);
        validate.head();
        validate.verdicts();
        report.found(AccuracyProbe.Result.class).forEach(validate::accuracy);
        report.found(SegmentProbe.Result.class).forEach(validate::segments);
        report.found(EdgeProbe.Result.class).forEach(validate::edge);
        report.found(LatencyProbe.Result.class).forEach(validate::latency);
        validate.memory();
        validate.layers();
        validate.unreadable();
        validate.page.write(file);
    }

    private void head() {
        HtmlPage.Mark mark = switch (report.verdict()) {
            case "ship" -> HtmlPage.Mark.GOOD;
            case "do not ship" -> HtmlPage.Mark.BAD;
            default -> HtmlPage.Mark.FAIR;
        };
        page.head(report.pruned().file(), mark, report.verdict());
        if (report.isPartial()) {
            page.paragraph(HtmlPage.Mark.BAD, "Partial: it was ended early.");
        }
        page.paragraph(
                HtmlPage.Mark.SOFT, "in the place of " + report.original().file());
        report.basis().lines().forEach(line -> page.paragraph(HtmlPage.Mark.SOFT, line));
        page.key("original", "pruned");
    }

    private void verdicts() {
        page.section("Verdicts");
        page.table(
                report.probes(),
                List.of(
                        HtmlColumn.text("probe", p -> p.probe() + (p.decides() ? " *" : "")),
                        HtmlColumn.text("answer", ValidateReport.Probe::answer)
                                .marked(p -> mark(p.found().answer())),
                        HtmlColumn.prose("", ValidateReport.Probe::reason)));
        page.paragraph(HtmlPage.Mark.SOFT, "* decides");
        page.table(
                ValidateText.rows(report),
                List.of(
                        HtmlColumn.text("", ValidateText.Row::figure),
                        HtmlColumn.number("original", ValidateText.Row::original),
                        HtmlColumn.number("pruned", ValidateText.Row::pruned)));
    }

    private static HtmlPage.Mark mark(Answer answer) {
        return switch (answer) {
            case PASS -> HtmlPage.Mark.GOOD;
            case FAIL -> HtmlPage.Mark.BAD;
            case CANNOT_TELL -> HtmlPage.Mark.FAIR;
            case NOT_ASKED -> HtmlPage.Mark.SOFT;
        };
    }

    private void accuracy(AccuracyProbe.Result found) {
        page.section("Accuracy");
        page.paragraph("The drop in points, its 95 % interval, and the bound (dashed).");
        page.chart(SvgChart.ranges(
                "drop with interval",
                List.of(range("drop", found.interval(), found.drop())),
                found.maxDrop(),
                "points"));
        found.paired()
                .ifPresent(paired -> page.paragraph(
                        HtmlPage.Mark.SOFT,
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
        page.section("Segments: " + found.by());
        page.paragraph("The drop in points in each, with intervals that hold together at 95 %.");
        List<SegmentProbe.Segment> shown = found.segments()
                .subList(0, Math.min(MOST_SEGMENTS, found.segments().size()));
        page.chart(SvgChart.ranges(
                "drop in each segment",
                shown.stream().map(s -> range(s.name(), s.interval(), s.drop())).toList(),
                found.maxDrop(),
                "points"));
        page.table(
                shown,
                List.of(
                        HtmlColumn.text(found.by(), SegmentProbe.Segment::name),
                        HtmlColumn.number("samples", s -> Figures.count(s.samples())),
                        HtmlColumn.number("original %", s -> ValidateText.percent(s.original())),
                        HtmlColumn.number("pruned %", s -> ValidateText.percent(s.pruned())),
                        HtmlColumn.number("drop", s -> String.format(Locale.ROOT, "%.2f", s.drop())),
                        HtmlColumn.text(
                                        "",
                                        (SegmentProbe.Segment s) -> s.answer().toString())
                                .marked(s -> mark(s.answer()))));
        if (found.segments().size() > shown.size()) {
            page.paragraph(HtmlPage.Mark.SOFT, "and " + (found.segments().size() - shown.size()) + " more");
        }
    }

    private void edge(EdgeProbe.Result found) {
        if (found.deciles().isEmpty()) {
            return;
        }
        page.section("Edge cases");
        page.paragraph(
                "Samples in tenths by the original's margin, the least sure first: how many are decided otherwise.");
        List<SvgChart.Pair> pairs = new ArrayList<>();
        for (int i = 0; i < found.deciles().size(); i++) {
            EdgeProbe.Decile decile = found.deciles().get(i);
            String name = "to " + ValidateText.shortest(decile.highest());
            pairs.add(new SvgChart.Pair(name, 0, decile.flips(), decile.flips() + " of " + decile.samples()));
        }
        page.chart(SvgChart.bars("flips by margin", pairs));
        page.table(
                found.deciles(),
                List.of(
                        HtmlColumn.text(
                                "margin",
                                d -> ValidateText.shortest(d.lowest()) + " to " + ValidateText.shortest(d.highest())),
                        HtmlColumn.number("samples", d -> Figures.count(d.samples())),
                        HtmlColumn.number("flips", d -> Figures.count(d.flips())),
                        HtmlColumn.number("original %", d -> percent(d.original())),
                        HtmlColumn.number("pruned %", d -> percent(d.pruned()))));
        if (!found.worst().isEmpty()) {
            page.paragraph("The flips that the original was surest of, with the largest outputs of both:");
            page.table(
                    found.worst(),
                    List.of(
                            HtmlColumn.number("sample", f -> Integer.toString(f.sample())),
                            HtmlColumn.number("label", f -> f.label() < 0 ? "-" : Integer.toString(f.label())),
                            HtmlColumn.number("margin", f -> ValidateText.shortest(f.originalMargin())),
                            HtmlColumn.text("original", f -> outputs(f.original())),
                            HtmlColumn.text("pruned", f -> outputs(f.pruned()))));
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
        page.section("Latency on this machine");
        page.paragraph("The share of runs that take at most so long, up to 95 %: " + found.rounds() + " rounds, batch "
                + found.batch() + ", threads " + found.settings().threads() + ".");
        page.chart(SvgChart.distributions(
                "latency", found.original().percentiles(), found.pruned().percentiles(), "ms"));
        page.chart(SvgChart.ranges(
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
        page.section("Size and memory");
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
        page.chart(SvgChart.bars("size and memory", pairs));
    }

    private static SvgChart.Pair sizes(String name, long original, long pruned) {
        return new SvgChart.Pair(name, original, pruned, ValidateText.megabytes(pruned));
    }

    private void layers() {
        page.section("Zeros in each layer, %");
        List<ValidateReport.Layer> shown =
                report.layers().subList(0, Math.min(MOST_LAYERS, report.layers().size()));
        page.chart(SvgChart.bars(
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
            page.paragraph(HtmlPage.Mark.SOFT, "and " + (report.layers().size() - shown.size()) + " more");
        }
    }

    private void unreadable() {
        if (!report.unreadable().isEmpty()) {
            page.section("Samples that could not be read");
            page.paragraph(report.unreadable().size() + ", allowed are " + report.maxBad() + ":");
            page.table(
                    report.unreadable(),
                    List.of(
                            HtmlColumn.number("sample", u -> Integer.toString(u.sample())),
                            HtmlColumn.prose("why", Feed.Unreadable::reason)));
        }
    }
}
