package dev.espalier.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Runs a command line, in this process if nothing else is said.
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

    /// Runs a command line in a process that a shell script starts, as `"$@"`.
    ///
    /// @param folder for what the process prints
    static Result launchFrom(String script, Path folder, Object... args) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("bash", "-c", script, "bash"));
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(List.of(
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        for (Object arg : args) {
            words.add(arg.toString());
        }
        Path out = folder.resolve("in_out");
        Path err = folder.resolve("in_err");
        ProcessBuilder builder =
                new ProcessBuilder(words).redirectOutput(out.toFile()).redirectError(err.toFile());
        // The system's errors are in the machine's language, and the JVM reports options that it takes from here.
        builder.environment().put("LC_ALL", "C");
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        int code = builder.start().waitFor();
        return new Result(code, Files.readString(out), Files.readString(err));
    }
}
