package dev.espalier.cli;

import java.util.Arrays;

/// A row of bars, one character each.
final class Sparkline {
    private static final String BARS = "▁▂▃▄▅▆▇█";

    private Sparkline() {}

    /// Bars as high as the counts, the highest as high as a line. Only where there is nothing, nothing is shown.
    static String of(long... counts) {
        long most = Math.max(1, Arrays.stream(counts).max().orElse(0));
        StringBuilder line = new StringBuilder();
        for (long count : counts) {
            int height = (int) Math.ceil((double) count * BARS.length() / most);
            line.append(count == 0 ? ' ' : BARS.charAt(Math.clamp(height - 1, 0, BARS.length() - 1)));
        }
        return line.toString();
    }

    /// A bar that lies, full at 1.
    static String bar(double share, int width) {
        return "█".repeat((int) Math.round(share * width));
    }
}
