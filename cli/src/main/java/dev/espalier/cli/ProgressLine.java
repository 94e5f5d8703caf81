package dev.espalier.cli;

import dev.espalier.pruning.Progress;

/// One line on the terminal that is rewritten in place and goes away in the end.
final class ProgressLine implements Progress {
    private static final int WIDTH = 24;
    private static final int LONGEST_NAME = 40;

    private final Console console;

    ProgressLine(Console console) {
        this.console = console;
    }

    @Override
    public void at(int done, int total, String what) {
        if (!console.showsProgress()) {
            return;
        }
        int filled = total == 0 ? WIDTH : WIDTH * done / total;
        String name = what.length() > LONGEST_NAME ? "…" + what.substring(what.length() - LONGEST_NAME) : what;
        String line = done == total
                ? ""
                : "[" + "#".repeat(filled) + ".".repeat(WIDTH - filled) + "] " + done + "/" + total + " " + name;
        console.err().print("\r\u001B[K" + line);
        console.err().flush();
    }
}
