package dev.espalier.cli;

import dev.espalier.run.data.Feed;
import dev.espalier.run.validate.AccuracyProbe;
import dev.espalier.run.validate.Confusion;
import dev.espalier.run.validate.EdgeProbe;
import dev.espalier.run.validate.Figure;
import dev.espalier.run.validate.LatencyProbe;
import dev.espalier.run.validate.MemoryProbe;
import dev.espalier.run.validate.SegmentProbe;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// What `validate` found, for a terminal of 80 columns.
final class ValidateText {
    private static final int COLUMNS = 80;
    private static final int FEW = 5;

    /// A figure of both models.
    record Row(String figure, String original, String pruned) {}

    private ValidateText() {}

    static void print(ValidateReport report, PrintStream out) {
        out.println(report.basis());
        out.println();
        out.println(new TextTable<Row>()
                .text("", Row::figure)
                .number("original", Row::original)
                .number("pruned", Row::pruned)
                .render(rows(report), 0));
        out.println();
        for (ValidateReport.Probe probe : report.probes()) {
            String head = String.format("%-10s%-13s", probe.probe(), probe.answer());
            out.println(wrapped(head, probe.reason()));
        }
        printSegments(report, out);
        printConfusions(report, out);
        printFlips(report, out);
        printUnreadable(report.unreadable(), report.maxBad(), out);
        out.println();
        if (report.isPartial()) {
            out.println("PARTIAL: it was ended early");
        }
        out.println(report.pruned().file() + ": " + report.verdict() + " (" + reason(report) + ")");
    }

    private static String reason(ValidateReport report) {
        if (report.unreadable().size() > report.maxBad()) {
            return "decided by samples that could not be read";
        }
        if (report.prunedWithNaN() > 0) {
            return "decided by NaN in the pruned model's outputs";
        }
        List<String> names = report.probes().stream()
                .filter(ValidateReport.Probe::decides)
                .map(ValidateReport.Probe::probe)
                .toList();
        return names.isEmpty() ? "no probe that ran decides: see --gate" : "decided by " + String.join(", ", names);
    }

    static List<Row> rows(ValidateReport report) {
        List<Row> rows = new ArrayList<>();
        for (AccuracyProbe.Result found : report.found(AccuracyProbe.Result.class)) {
            String unit = found.metric().isShare() ? ", %" : "";
            rows.add(new Row(found.metric() + unit, report.shown(found.original()), report.shown(found.pruned())));
            for (int i = 0; i < found.originalFigures().size(); i++) {
                Figure before = found.originalFigures().get(i);
                Figure after = found.prunedFigures().get(i);
                rows.add(new Row(before.name(), figure(before.value()), figure(after.value())));
            }
        }
        for (EdgeProbe.Result found : report.found(EdgeProbe.Result.class)) {
            found.robust()
                    .ifPresent(robust -> rows.add(new Row(
                            "under noise of " + robust.noise() + ", %",
                            percent(robust.original()),
                            percent(robust.pruned()))));
        }
        for (LatencyProbe.Result found : report.found(LatencyProbe.Result.class)) {
            rows.add(time("p50", found.original().p50(), found.pruned().p50()));
            rows.add(time("p90", found.original().p90(), found.pruned().p90()));
            rows.add(time("p99", found.original().p99(), found.pruned().p99()));
        }
        rows.add(new Row(
                "file",
                Figures.bytes(report.original().bytes()),
                Figures.bytes(report.pruned().bytes())));
        rows.add(new Row(
                "file, gzip",
                Figures.bytes(report.original().gzipped()),
                Figures.bytes(report.pruned().gzipped())));
        for (MemoryProbe.Result found : report.found(MemoryProbe.Result.class)) {
            MemoryProbe.Use before = found.original();
            MemoryProbe.Use after = found.pruned();
            if (before != null && after != null) {
                rows.add(new Row("memory, loaded", megabytes(before.loaded()), megabytes(after.loaded())));
                rows.add(new Row("memory, peak of runs", megabytes(before.peak()), megabytes(after.peak())));
            }
        }
        return rows;
    }

    private static Row time(String name, double original, double pruned) {
        return new Row("latency " + name + ", ms", figure(original), figure(pruned));
    }

    static String percent(double share) {
        return String.format(Locale.ROOT, "%.2f", 100 * share);
    }

    static String figure(double value) {
        return String.format(Locale.ROOT, Math.abs(value) < 0.001 && value != 0 ? "%.2e" : "%.4f", value);
    }

    /// Three digits that matter.
    static String shortest(double value) {
        double size = Math.abs(value);
        return String.format(
                Locale.ROOT, size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f", value);
    }

    static String megabytes(long bytes) {
        return bytes < 0 ? "-" + Figures.bytes(-bytes) : Figures.bytes(bytes);
    }

    private static void printSegments(ValidateReport report, PrintStream out) {
        String percent = report.metric().isShare() ? " %" : "";
        for (SegmentProbe.Result found : report.found(SegmentProbe.Result.class)) {
            if (found.segments().isEmpty()) {
                continue;
            }
            out.println();
            out.println(new TextTable<SegmentProbe.Segment>()
                    .text(found.by(), SegmentProbe.Segment::name)
                    .number("samples", s -> Figures.count(s.samples()))
                    .number("original" + percent, s -> report.shown(s.original()))
                    .number("pruned" + percent, s -> report.shown(s.pruned()))
                    .number("drop", s -> String.format(Locale.ROOT, "%.2f", s.drop()))
                    .number(
                            "interval",
                            s -> String.format(
                                    Locale.ROOT,
                                    "%.2f to %.2f",
                                    s.interval().low(),
                                    s.interval().high()))
                    .text("", s -> s.answer().toString())
                    .render(
                            found.segments()
                                    .subList(0, Math.min(FEW, found.segments().size())),
                            0));
            more(found.segments().size(), out);
        }
    }

    private static void printConfusions(ValidateReport report, PrintStream out) {
        for (AccuracyProbe.Result found : report.found(AccuracyProbe.Result.class)) {
            if (!found.confusions().isEmpty()) {
                out.println();
                out.println(new TextTable<Confusion>()
                        .text("worst classes", c -> name(report.classes(), c.label()))
                        .number("samples", c -> Figures.count(c.samples()))
                        .number("original %", c -> right(c, 0))
                        .number("pruned %", c -> right(c, 1))
                        .text("pruned takes it for", c -> mistakes(c, 1, report.classes()))
                        .render(found.confusions(), 0));
            }
        }
    }

    /// A class, by its name if it has one.
    static String name(List<String> classes, int number) {
        return number >= 0 && number < classes.size() ? classes.get(number) : number < 0 ? "-" : "" + number;
    }

    static String right(Confusion confusion, int model) {
        return percent((double) confusion.models().get(model).right() / confusion.samples());
    }

    /// `3 (12), 5 (2)`: what samples of a class are taken for, and how many.
    static String mistakes(Confusion confusion, int model, List<String> classes) {
        return confusion.models().get(model).mistakes().stream()
                .map(m -> (m.label() < 0 ? "NaN" : name(classes, m.label())) + " (" + m.samples() + ")")
                .collect(Collectors.joining(", "));
    }

    private static void printFlips(ValidateReport report, PrintStream out) {
        for (EdgeProbe.Result found : report.found(EdgeProbe.Result.class)) {
            if (found.worst().isEmpty()) {
                continue;
            }
            out.println();
            out.println(new TextTable<EdgeProbe.Flip>()
                    .number("sample", f -> Integer.toString(f.sample()))
                    .number("label", f -> name(report.classes(), f.label()))
                    .number(
                            "original",
                            f -> name(report.classes(), f.original().getFirst().number()))
                    .number("margin", f -> figure(f.originalMargin()))
                    .number(
                            "pruned",
                            f -> name(report.classes(), f.pruned().getFirst().number()))
                    .number("margin", f -> figure(f.prunedMargin()))
                    .render(found.worst().subList(0, Math.min(FEW, found.worst().size())), 0));
            more(found.flips(), out);
        }
    }

    private static void more(int all, PrintStream out) {
        if (all > FEW) {
            out.println("... and " + Figures.count(all - FEW) + " more");
        }
    }

    static void printUnreadable(List<Feed.Unreadable> bad, int maxBad, PrintStream out) {
        if (!bad.isEmpty()) {
            out.println();
            out.println(bad.size() + " samples could not be read, allowed are " + maxBad + ":");
            bad.stream().limit(FEW).forEach(one -> out.println("  " + one.sample() + ": " + one.reason()));
            more(bad.size(), out);
        }
    }

    /// A text after a head, on lines of 80 columns that start below the text.
    static String wrapped(String head, String text) {
        StringBuilder lines = new StringBuilder(head);
        int column = head.length();
        for (String word : text.split(" ", -1)) {
            if (column > head.length() && column + 1 + word.length() > COLUMNS) {
                lines.append('\n').append(" ".repeat(head.length()));
                column = head.length();
            } else if (column > head.length()) {
                lines.append(' ');
                column++;
            }
            lines.append(word);
            column += word.length();
        }
        return lines.toString();
    }
}
