package dev.espalier.cli;

import dev.espalier.onnx.OnnxWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/// The rules for where a command may write.
final class OutputFile {
    private OutputFile() {}

    /// Fails before any work is done if the output cannot be written, or would replace the input unasked.
    static void check(Path output, Path input, boolean force, CommandSpec spec) throws IOException {
        if (!force && Files.exists(output) && Files.exists(input) && Files.isSameFile(output, input)) {
            throw new ParameterException(
                    spec.commandLine(), "the output is the input: choose another name, or say --force to replace it");
        }
        OnnxWriter.probe(output);
    }
}
