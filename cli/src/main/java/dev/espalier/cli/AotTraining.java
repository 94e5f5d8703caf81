package dev.espalier.cli;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// Runs every command once on a sample, so that the JVM can note which classes they load (JEP 483, 514, 515). The
/// launcher does this after a build and starts faster from then on. Not part of the tool.
final class AotTraining {
    private AotTraining() {}

    /// @param args a model and a folder for what is written
    public static void main(String[] args) {
        Locale.setDefault(Locale.ROOT);
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        Console console = new Console(nowhere, nowhere, 80, true);
        String model = args[0];
        String data = Path.of(model).resolveSibling("digits8x8.npz").toString();
        String pruned = Path.of(args[1], "pruned.onnx").toString();
        String channels = Path.of(args[1], "channels.onnx").toString();
        List<List<String>> commands = List.of(
                List.of("--version"),
                List.of("--help"),
                List.of("inspect", model),
                List.of("inspect", "--json", model),
                List.of("prune", model, "-s", "0.9", "-o", pruned),
                List.of("prune", model, "-s", "0.9", "--scope", "global", "-o", pruned),
                List.of("prune", model, "--pattern", "2:4", "-o", pruned),
                List.of("prune", model, "--pattern", "channels", "--round-to", "1", "-s", "0.5", "-o", channels),
                List.of("verify-sparsity", pruned),
                List.of("verify-sparsity", "--json", pruned),
                List.of("accuracy", model, "--data", data, "--preprocess", "scale=1/16"),
                List.of("schedule", "cubic", "-s", "0.9"));
        for (List<String> command : commands) {
            int code = Main.run(console, command.toArray(String[]::new));
            if (code != ExitCode.OK) {
                throw new IllegalStateException(command + " returned " + code);
            }
        }
    }
}
