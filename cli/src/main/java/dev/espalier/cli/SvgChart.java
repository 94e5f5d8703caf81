package dev.espalier.cli;

import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/// Small charts as SVG, to stand in a page: as wide as a phone, in the page's own colours (classes `a`, `b`, `bound`,
/// `rest`, `axis`), each with a title for those who cannot see it.
///
/// @param markup the element `svg`
record SvgChart(String markup) {
    private static final int WIDTH = 360;
    private static final int CELL = 180;
    private static final int CELL_ROW = 22;
    private static final int LABEL = 96;
    private static final int VALUE = 84;
    private static final int ROW = 26;
    private static final int BAR = 8;
    private static final int LAST = 95;

    /// Two values under one name.
    ///
    /// @param shown what is written beside the bars
    record Pair(String name, double first, double second, String shown) {}

    /// A value with its interval.
    record Range(String name, double low, double value, double high) {}

    /// Two bars for each pair, all to one scale from 0.
    static SvgChart bars(String title, List<Pair> pairs) {
        double most = pairs.stream()
                .mapToDouble(p -> Math.max(p.first, p.second))
                .max()
                .orElse(0);
        StringBuilder svg = open(title, pairs.size() * ROW);
        for (int i = 0; i < pairs.size(); i++) {
            Pair pair = pairs.get(i);
            int y = i * ROW;
            svg.append(text(LABEL - 6, y + 17, "end", pair.name));
            svg.append(bar("a", y + 4, pair.first, most));
            svg.append(bar("b", y + 4 + BAR + 1, pair.second, most));
            svg.append(text(WIDTH, y + 17, "end", pair.shown));
        }
        return close(svg);
    }

    private static String bar(String kind, int y, double value, double most) {
        double width = most <= 0 ? 0 : Math.max(0, value) / most * (WIDTH - LABEL - VALUE);
        return String.format(
                Locale.ROOT,
                "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>",
                kind,
                LABEL,
                y,
                Math.max(value > 0 ? 1 : 0, width),
                BAR);
    }

    /// One bar, filled in part, for a cell of a table.
    ///
    /// @param percent how much is filled
    static SvgChart share(String title, double percent) {
        return cell(String.format(Locale.ROOT, "%.2f %% %s", percent, title), "rest", percent / 100);
    }

    /// One of several bars on a scale from 0, for a cell of a table.
    ///
    /// @param most where the scale ends
    static SvgChart bar(String title, double value, double most) {
        return cell(title, "none", most <= 0 ? 0 : value / most);
    }

    private static SvgChart cell(String title, String rest, double share) {
        return close(open(title, CELL, CELL_ROW)
                .append(String.format(
                        Locale.ROOT,
                        "<rect class=\"%1$s\" y=\"%2$d\" width=\"%3$d\" height=\"%4$d\"/>"
                                + "<rect class=\"b\" y=\"%2$d\" width=\"%5$.1f\" height=\"%4$d\"/>",
                        rest,
                        (CELL_ROW - BAR) / 2,
                        CELL,
                        BAR,
                        share * CELL)));
    }

    /// Values with their intervals on one scale, and a bound as a line across.
    ///
    /// @param unit of the scale, shown at its ends
    static SvgChart ranges(String title, List<Range> ranges, double bound, String unit) {
        Scale scale = Scale.of(ranges, bound, LABEL, WIDTH - 8);
        int height = ranges.size() * ROW;
        StringBuilder svg = open(title, height + 20);
        ticks(svg, scale, height, unit);
        svg.append(line("bound", scale.at(bound), 0, scale.at(bound), height));
        for (int i = 0; i < ranges.size(); i++) {
            int y = i * ROW + ROW / 2;
            svg.append(text(LABEL - 6, y + 4, "end", ranges.get(i).name));
            range(svg, ranges.get(i), scale, y);
        }
        return close(svg);
    }

    /// One of several values with their intervals, for a cell of a table: all are on the scale of all.
    static SvgChart range(Range range, List<Range> all, double bound) {
        Scale scale = Scale.of(all, bound, 4, CELL - 4);
        StringBuilder svg = open(
                String.format(Locale.ROOT, "%.2f, %.2f to %.2f", range.value, range.low, range.high), CELL, CELL_ROW);
        svg.append(line("bound", scale.at(bound), 0, scale.at(bound), CELL_ROW));
        range(svg, range, scale, CELL_ROW / 2);
        return close(svg);
    }

    private static void range(StringBuilder svg, Range range, Scale scale, int y) {
        if (Double.isNaN(range.low) || Double.isNaN(range.value) || Double.isNaN(range.high)) {
            return;
        }
        svg.append(line("range", scale.at(range.low), y, scale.at(range.high), y));
        svg.append(String.format(
                Locale.ROOT, "<circle class=\"b\" cx=\"%.1f\" cy=\"%d\" r=\"4\"/>", scale.at(range.value), y));
    }

    /// Two distributions, each by its percentiles 0 to 100: the share of runs that are at most so long. The scale
    /// ends at the larger 95th percentile, because a single run may take as long as the machine likes.
    static SvgChart distributions(String title, List<Double> first, List<Double> second, String unit) {
        double low = Math.min(first.getFirst(), second.getFirst());
        double high = Math.max(first.get(LAST), second.get(LAST));
        Scale scale = new Scale(low, Math.max(high, low + 1e-9), 36, WIDTH - 8);
        int height = 140;
        StringBuilder svg = open(title, height + 20);
        ticks(svg, scale, height, unit);
        for (int percent = 0; percent <= 100; percent += 50) {
            double y = height - percent / 100.0 * (height - 8);
            svg.append(line("axis", scale.left, y, scale.right, y));
            svg.append(text(scale.left - 4, (int) y + 4, "end", percent + " %"));
        }
        svg.append(curve("a", first, scale, height)).append(curve("b", second, scale, height));
        return close(svg);
    }

    private static String curve(String kind, List<Double> percentiles, Scale scale, int height) {
        StringBuilder points = new StringBuilder();
        for (int p = 0; p <= LAST; p++) {
            points.append(String.format(
                    Locale.ROOT, "%.1f,%.1f ", scale.at(percentiles.get(p)), height - p / 100.0 * (height - 8)));
        }
        return "<polyline class=\"" + kind + "\" points=\"" + points.toString().strip() + "\"/>";
    }

    /// Round numbers below a chart, with thin lines through it, and the unit on the left.
    private static void ticks(StringBuilder svg, Scale scale, int height, String unit) {
        double step = scale.step();
        int digits = Math.max(0, (int) -Math.floor(Math.log10(step) + 1e-9));
        long first = (long) Math.ceil(scale.low / step - 1e-9);
        long last = Math.min(first + 5, (long) Math.floor(scale.high / step + 1e-9));
        for (long tick = first; tick <= last; tick++) {
            double x = scale.at(tick * step);
            String number = String.format(Locale.ROOT, "%." + digits + "f", tick * step);
            svg.append(line("axis", x, 0, x, height));
            svg.append(text((int) Math.round(x), height + 15, "middle", number));
        }
        svg.append(text(0, height + 15, "start", unit));
    }

    /// From values to places.
    private record Scale(double low, double high, int left, int right) {
        /// A scale for all of them, as far as they are known, and the bound.
        static Scale of(List<Range> ranges, double bound, int left, int right) {
            DoubleSummaryStatistics ends = ranges.stream()
                    .flatMapToDouble(range -> DoubleStream.of(range.low, range.value, range.high))
                    .filter(Double::isFinite)
                    .summaryStatistics();
            double low = Math.min(bound, ends.getMin());
            double high = Math.max(bound, ends.getMax());
            double margin = Math.max((high - low) * 0.05, Math.ulp(high) * 1e6);
            return new Scale(low - margin, high + margin, left, right);
        }

        /// The smallest of 1, 2 and 5 times a power of ten that divides the scale into at most five parts.
        double step() {
            double least = (high - low) / 5;
            double power = Math.pow(10, Math.floor(Math.log10(least)));
            return power * (least <= power ? 1 : least <= 2 * power ? 2 : least <= 5 * power ? 5 : 10);
        }

        double at(double value) {
            return left + (Math.clamp(value, low, high) - low) / (high - low) * (right - left);
        }
    }

    private static StringBuilder open(String title, int height) {
        return open(title, WIDTH, height);
    }

    private static StringBuilder open(String title, int width, int height) {
        return new StringBuilder("<svg viewBox=\"0 0 " + width + " " + height + "\" role=\"img\"><title>"
                + Html.escape(title) + "</title>");
    }

    private static SvgChart close(StringBuilder svg) {
        return new SvgChart(svg.append("</svg>").toString());
    }

    private static String line(String kind, double x1, double y1, double x2, double y2) {
        return String.format(
                Locale.ROOT,
                "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>",
                kind,
                x1,
                y1,
                x2,
                y2);
    }

    private static String text(int x, int y, String anchor, String text) {
        String shown = text.length() > 16 ? text.substring(0, 5) + "…" + text.substring(text.length() - 10) : text;
        return "<text x=\"" + x + "\" y=\"" + y + "\" text-anchor=\"" + anchor + "\">" + Html.escape(shown) + "</text>";
    }
}
