package dev.espalier.cli;

import dev.espalier.pruning.Progress;

/// One line on the terminal that is rewritten in place and goes away in the end.
final class ProgressLine implements Progress {
    private static final int WIDTH = 24;
    private static final int LONGEST_NAME = 32;
    /// Before that, nobody waits for an estimate, and it would jump.
    private static final double FIRST_ESTIMATE = 2;

    private final Console console;
    private long start = System.nanoTime();
    private long latest = start;
    private int last;

    ProgressLine(Console console) {
        this.console = console;
    }

    @Override
    public void at(int done, int total, String what) {
        if (!console.showsProgress()) {
            return;
        }
        if (done < last) {
            // Something else begins, when the one before ended.
            start = latest;
        }
        last = done;
        latest = System.nanoTime();
        int filled = total == 0 ? WIDTH : (int) ((long) WIDTH * done / total);
        String name = what.length() > LONGEST_NAME ? "…" + what.substring(what.length() - LONGEST_NAME) : what;
        String line = done == total
                ? ""
                : "[" + "#".repeat(filled) + ".".repeat(WIDTH - filled) + "] " + done + "/" + total + " " + name
                        + left((latest - start) / 1e9, done, total);
        console.err().print("\r\u001B[K" + line);
        console.err().flush();
    }

    /// `, 1:05 left`, if what remains takes as long as what is done.
    static String left(double seconds, int done, int total) {
        if (seconds < FIRST_ESTIMATE || done <= 0) {
            return "";
        }
        long left = Math.round(seconds * (total - done) / done);
        return left < 60
                ? ", " + left + " s left"
                : left < 3600
                        ? ", %d:%02d left".formatted(left / 60, left % 60)
                        : ", %d:%02d h left".formatted(left / 3600, left / 60 % 60);
    }
}
