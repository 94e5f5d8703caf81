package dev.espalier.cli;

import dev.espalier.run.data.Feed;
import dev.espalier.run.stats.Interval;
import dev.espalier.run.validate.AccuracyProbe;
import dev.espalier.run.validate.Answer;
import dev.espalier.run.validate.Confusion;
import dev.espalier.run.validate.EdgeProbe;
import dev.espalier.run.validate.LatencyProbe;
import dev.espalier.run.validate.MemoryProbe;
import dev.espalier.run.validate.SegmentProbe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
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
                                + ValidateText.figure(
                                        Math.max(1e-300, found.mcNemar().orElse(1.0)))));
        confusions(found.confusions());
    }

    private static SvgChart.Range range(String name, Interval interval, double value) {
        return new SvgChart.Range(name, interval.low(), value, interval.high());
    }

    private static SvgChart.Range range(SegmentProbe.Segment segment) {
        return range(segment.name(), segment.interval(), segment.drop());
    }

    private void confusions(List<Confusion> confusions) {
        if (confusions.isEmpty()) {
            return;
        }
        page.paragraph("The classes that the pruned model decides worst, and what the two take them for:");
        page.table(
                confusions,
                List.of(
                        HtmlColumn.text("class", c -> ValidateText.name(report.classes(), c.label())),
                        HtmlColumn.number("samples", c -> Figures.count(c.samples())),
                        HtmlColumn.number("original %", c -> ValidateText.right(c, 0)),
                        HtmlColumn.text("takes it for", c -> ValidateText.mistakes(c, 0, report.classes())),
                        HtmlColumn.number("pruned %", c -> ValidateText.right(c, 1)),
                        HtmlColumn.text("takes it for", c -> ValidateText.mistakes(c, 1, report.classes()))));
    }

    private void segments(SegmentProbe.Result found) {
        if (found.segments().isEmpty()) {
            return;
        }
        page.section("Segments: " + found.by());
        page.paragraph(
                "The drop in points in each, with intervals that hold together at 95 %, and the bound (dashed).");
        List<SegmentProbe.Segment> shown = found.segments()
                .subList(0, Math.min(MOST_SEGMENTS, found.segments().size()));
        List<SvgChart.Range> ranges = shown.stream().map(ValidatePage::range).toList();
        page.table(
                shown,
                List.of(
                        HtmlColumn.text(found.by(), SegmentProbe.Segment::name),
                        HtmlColumn.number("samples", s -> Figures.count(s.samples())),
                        HtmlColumn.number("original", s -> report.shown(s.original())),
                        HtmlColumn.number("pruned", s -> report.shown(s.pruned())),
                        HtmlColumn.number("drop", s -> String.format(Locale.ROOT, "%.2f", s.drop())),
                        HtmlColumn.chart("", s -> SvgChart.range(range(s), ranges, found.maxDrop())),
                        HtmlColumn.text(
                                        "",
                                        (SegmentProbe.Segment s) -> s.answer().toString())
                                .marked(s -> mark(s.answer()))));
        more(found.segments().size() - shown.size());
    }

    private void edge(EdgeProbe.Result found) {
        if (found.deciles().isEmpty()) {
            return;
        }
        page.section("Edge cases");
        page.paragraph(
                "Samples in tenths by the original's margin, the least sure first: how many are decided otherwise.");
        int most =
                found.deciles().stream().mapToInt(EdgeProbe.Decile::flips).max().orElse(0);
        page.table(
                found.deciles(),
                List.of(
                        HtmlColumn.text(
                                "margin",
                                d -> ValidateText.shortest(d.lowest()) + " to " + ValidateText.shortest(d.highest())),
                        HtmlColumn.number("samples", d -> Figures.count(d.samples())),
                        HtmlColumn.number("original", d -> shown(d.original())),
                        HtmlColumn.number("pruned", d -> shown(d.pruned())),
                        HtmlColumn.number("flips", d -> Figures.count(d.flips())),
                        HtmlColumn.chart("", d -> SvgChart.bar(d.flips() + " flips", d.flips(), most))));
        if (!found.worst().isEmpty()) {
            page.paragraph("The flips that the original was surest of, with the largest outputs of both:");
            page.table(
                    found.worst(),
                    List.of(
                            HtmlColumn.number("sample", f -> Integer.toString(f.sample())),
                            HtmlColumn.text("label", f -> ValidateText.name(report.classes(), f.label())),
                            HtmlColumn.number("margin", f -> ValidateText.shortest(f.originalMargin())),
                            HtmlColumn.text("original", f -> outputs(f.original())),
                            HtmlColumn.text("pruned", f -> outputs(f.pruned()))));
        }
    }

    private String shown(@Nullable Double figure) {
        return figure == null ? "-" : report.shown(figure);
    }

    private String outputs(List<EdgeProbe.ClassOutput> outputs) {
        return outputs.stream()
                .limit(3)
                .map(o -> ValidateText.name(report.classes(), o.number()) + ": " + ValidateText.shortest(o.value()))
                .collect(Collectors.joining(" · "));
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
        page.section("Zeros in each layer");
        List<ValidateReport.Layer> shown =
                report.layers().subList(0, Math.min(MOST_LAYERS, report.layers().size()));
        page.table(
                shown,
                List.of(
                        HtmlColumn.text("weight", ValidateReport.Layer::weight),
                        HtmlColumn.number("original %", l -> zeros(l.original())),
                        HtmlColumn.number("pruned %", l -> zeros(l.pruned())),
                        HtmlColumn.chart("", l -> SvgChart.share("zero", l.pruned() == null ? 0 : l.pruned()))));
        more(report.layers().size() - shown.size());
    }

    private static String zeros(@Nullable Double percent) {
        return percent == null ? "not there" : String.format(Locale.ROOT, "%.2f", percent);
    }

    private void more(int left) {
        if (left > 0) {
            page.paragraph(HtmlPage.Mark.SOFT, "and " + left + " more");
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
