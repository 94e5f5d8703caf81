package dev.espalier.cli;

import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Draws a [LineChart] in a terminal: in braille, of which each character has two by four dots, or in ASCII.
final class TextPlot {
    /// How to draw.
    enum Style {
        AUTO,
        BRAILLE,
        ASCII,
        NONE;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final int ROWS = 13;
    private static final int MARGIN = 7;
    private static final int NO_TERMINAL = 80;
    private static final int WIDEST = 100;
    private static final int NARROWEST = 20;
    private static final String MARKS = "*o+x";
    /// Of so many columns a compared line has one dot; the first line is solid.
    private static final int[] SPARSE = {1, 3, 5, 7};

    private final boolean braille;
    private final int width;

    private TextPlot(boolean braille, int width) {
        this.braille = braille;
        this.width = width;
    }

    /// @param columns of the terminal; 0 for none
    /// @return empty if nothing is to be drawn
    static Optional<TextPlot> of(Style style, int columns) {
        int width = Math.clamp(columns == 0 ? NO_TERMINAL : columns, NARROWEST, WIDEST) - MARGIN;
        return switch (style) {
            case AUTO -> Optional.of(new TextPlot(isUtf8(), width));
            case BRAILLE -> Optional.of(new TextPlot(true, width));
            case ASCII -> Optional.of(new TextPlot(false, width));
            case NONE -> Optional.empty();
        };
    }

    /// What the environment says about the terminal. (The output is in UTF-8 in any case; ASCII is the same there.)
    private static boolean isUtf8() {
        String name = System.getProperty("native.encoding", "");
        return Charset.isSupported(name) && Charset.forName(name).name().equals("UTF-8");
    }

    /// The chart, without a line break at its end.
    String draw(LineChart chart) {
        char[][] cells = new char[ROWS][width];
        for (char[] row : cells) {
            Arrays.fill(row, braille ? '\u2800' : ' ');
        }
        // The first line last: it is the one to see where two meet.
        for (int i = chart.series().size() - 1; i >= 0; i--) {
            drawLine(cells, chart, i);
        }
        StringBuilder text = new StringBuilder();
        for (int row = 0; row < ROWS; row++) {
            String label = row % 3 == 0 ? "%3d %%".formatted(100 - 100 * row / (ROWS - 1)) : "     ";
            String line = new String(cells[row]).replace('\u2800', ' ').stripTrailing();
            text.append("%s %s%s".formatted(label, braille ? "│" : "|", line).stripTrailing())
                    .append('\n');
        }
        return text.append(axis(chart)).append(legend(chart.series())).toString();
    }

    private void drawLine(char[][] cells, LineChart chart, int index) {
        int across = braille ? 2 * width : width;
        int up = braille ? 4 * ROWS : ROWS;
        int before = -1;
        for (int x = 0; x < across; x++) {
            long step = Math.round((double) chart.lastStep() * x / (across - 1));
            double share = chart.series().get(index).share().applyAsDouble(step);
            int y = (int) Math.round((up - 1) * (1 - share));
            int from = before < 0 ? y : Math.min(y, before);
            int to = before < 0 ? y : Math.max(y, before);
            for (int dot = from; dot <= to; dot++) {
                if ((x + (to - dot)) % SPARSE[index % SPARSE.length] == 0 || !braille) {
                    set(cells, x, dot, MARKS.charAt(index % MARKS.length()));
                }
            }
            before = y;
        }
    }

    private void set(char[][] cells, int x, int y, char mark) {
        if (braille) {
            // Unicode numbers the dots of a cell down the left, down the right, and the lowest row last.
            int row = y % 4;
            int bit = row == 3 ? 6 + x % 2 : row + 3 * (x % 2);
            cells[y / 4][x / 2] |= (char) (1 << bit);
        } else {
            cells[y][x] = mark;
        }
    }

    private String axis(LineChart chart) {
        char[] line = new char[width];
        char[] labels = new char[MARGIN + width];
        Arrays.fill(line, braille ? '─' : '-');
        Arrays.fill(labels, ' ');
        for (long step : chart.ticks(5)) {
            int x = (int) Math.round((double) (width - 1) * step / Math.max(1, chart.lastStep()));
            line[x] = braille ? '┴' : '+';
            String label = Long.toString(step);
            int start = Math.min(MARGIN + x - label.length() / 2, labels.length - label.length());
            label.getChars(0, label.length(), labels, start);
        }
        return "      %s%s%n%s%n".formatted(braille ? "└" : "+", new String(line), new String(labels).stripTrailing());
    }

    private String legend(List<LineChart.Series> series) {
        StringBuilder legend = new StringBuilder("       by step:");
        for (int i = 0; i < series.size(); i++) {
            legend.append(i == 0 ? " " : ", ")
                    .append(braille ? i == 0 ? "solid" : "dotted" : MARKS.charAt(i % MARKS.length()))
                    .append(' ')
                    .append(series.get(i).label());
        }
        return legend.toString();
    }
}
