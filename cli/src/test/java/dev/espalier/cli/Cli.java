package dev.espalier.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// Runs a command line in this process.
final class Cli {
    /// What came of it.
    record Result(int exitCode, String output, String errorOutput) {}

    private Cli() {}

    static Result launch(Object... args) {
        return launchOnTerminal(0, args);
    }

    /// @param columns width of the terminal; 0 for none
    static Result launchOnTerminal(int columns, Object... args) {
        Locale.setDefault(Locale.ROOT);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        String[] words = new String[args.length];
        for (int i = 0; i < args.length; i++) {
            words[i] = args[i].toString();
        }
        Console console = new Console(
                new PrintStream(out, false, StandardCharsets.UTF_8),
                new PrintStream(err, false, StandardCharsets.UTF_8),
                columns,
                false);
        int code = Main.run(console, words);
        console.flush();
        return new Result(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
