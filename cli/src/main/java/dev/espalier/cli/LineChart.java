package dev.espalier.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongToDoubleFunction;
import java.util.stream.LongStream;

/// Shares by step, as lines: what is drawn in the terminal and as SVG.
///
/// @param title above it
/// @param lastStep the first is 0
/// @param series at least one; the first is drawn solid
record LineChart(String title, long lastStep, List<Series> series) {
    /// A line with more corners than this has more of them than pixels: it is drawn from pixel to pixel.
    static final int MOST_CORNERS = 640;

    private static final int WIDTH = 800;
    private static final int HEIGHT = 450;
    private static final int LEFT = 64;
    private static final int RIGHT = 24;
    private static final int TOP = 48;
    private static final int BOTTOM = 56;
    /// Colours that the colour-blind can tell apart (Okabe and Ito), and dashes for who prints without any.
    private static final String[] COLOURS = {"#0072B2", "#D55E00", "#009E73", "#CC79A7"};

    private static final String[] DASHES = {"", "7 4", "2 3", "10 3 2 3"};

    /// A line.
    ///
    /// @param share 0 to 1, of a step
    /// @param corners the steps at which it changes, ascending
    record Series(String label, LongToDoubleFunction share, List<Long> corners) {}

    /// The chart as an SVG document. Colours do not depend on the page it is shown on.
    String svg() {
        StringBuilder svg = new StringBuilder();
        svg.append("""
                <svg xmlns="http://www.w3.org/2000/svg" width="%1$d" height="%2$d" viewBox="0 0 %1$d %2$d" role="img" \
                font-family="sans-serif" font-size="13" fill="#222">
                <title>%3$s</title>
                <rect width="%1$d" height="%2$d" fill="#fff"/>
                <text x="%4$d" y="24" font-size="16">%3$s</text>
                """.formatted(WIDTH, HEIGHT, Html.escape(title), LEFT));
        appendAxes(svg);
        for (int i = 0; i < series.size(); i++) {
            appendSeries(svg, i);
        }
        return svg.append("</svg>\n").toString();
    }

    private void appendAxes(StringBuilder svg) {
        for (int percent = 0; percent <= 100; percent += 20) {
            String y = coordinate(y(percent / 100.0));
            svg.append("<path d=\"M%d %sH%d\" stroke=\"%s\"/>%n"
                    .formatted(LEFT, y, WIDTH - RIGHT, percent == 0 ? "#222" : "#ddd"));
            svg.append("<text x=\"%d\" y=\"%s\" dy=\"4\" text-anchor=\"end\">%d %%</text>%n"
                    .formatted(LEFT - 8, y, percent));
        }
        for (long step : ticks(8)) {
            String x = coordinate(x(step));
            svg.append("<path d=\"M%s %dv6\" stroke=\"#222\"/>%n".formatted(x, HEIGHT - BOTTOM));
            svg.append("<text x=\"%s\" y=\"%d\" text-anchor=\"middle\">%d</text>%n"
                    .formatted(x, HEIGHT - BOTTOM + 22, step));
        }
        svg.append("<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">step</text>%n"
                .formatted((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12));
    }

    private void appendSeries(StringBuilder svg, int index) {
        String stroke = "fill=\"none\" stroke=\"%s\" stroke-width=\"2\" stroke-dasharray=\"%s\""
                .formatted(COLOURS[index % COLOURS.length], DASHES[index % DASHES.length]);
        svg.append("<path d=\"%s\" %s/>%n".formatted(path(series.get(index)), stroke));
        int y = TOP + 16 + 20 * index;
        svg.append("<path d=\"M%d %dh36\" %s/>%n".formatted(LEFT + 16, y, stroke));
        svg.append("<text x=\"%d\" y=\"%d\" dy=\"4\">%s</text>%n"
                .formatted(LEFT + 60, y, Html.escape(series.get(index).label)));
    }

    /// Flat to each corner, then up: a target holds until the next update.
    private String path(Series line) {
        List<Long> corners = line.corners.size() <= MOST_CORNERS
                ? line.corners
                : LongStream.rangeClosed(0, MOST_CORNERS)
                        .map(i -> (long) ((double) lastStep * i / MOST_CORNERS))
                        .boxed()
                        .toList();
        StringBuilder path =
                new StringBuilder("M%s %s".formatted(coordinate(x(0)), coordinate(y(line.share.applyAsDouble(0)))));
        for (long step : corners) {
            path.append("H%sV%s".formatted(coordinate(x(step)), coordinate(y(line.share.applyAsDouble(step)))));
        }
        return path.append("H").append(coordinate(x(lastStep))).toString();
    }

    private double x(long step) {
        return LEFT + (double) (WIDTH - LEFT - RIGHT) * step / Math.max(1, lastStep);
    }

    private static double y(double share) {
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share;
    }

    /// Round steps from 0 on, and no more than so many intervals.
    List<Long> ticks(int most) {
        long size = 1;
        while (lastStep / size > most) {
            // 1, 2, 5, 10, 20, 50, ...
            size = Long.toString(size).startsWith("2") ? size / 2 * 5 : size * 2;
        }
        List<Long> ticks = new ArrayList<>();
        for (long step = 0; step <= lastStep; step += size) {
            ticks.add(step);
        }
        return ticks;
    }

    private static String coordinate(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
