package dev.espalier.cli;

import dev.espalier.onnx.Model;
import dev.espalier.onnx.MoveDataOut;
import dev.espalier.onnx.OnnxWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/// Where a command writes the model that it made.
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class OutputOptions {
    @Spec(Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Where to write the model.")
    private @Nullable Path output;

    @Option(
            names = "--external",
            paramLabel = "NAME",
            description = "Move large tensors into external data, in a file of this name beside the model. What is "
                    + "stored as coo stays in the model file.")
    private @Nullable String external;

    @Option(names = "--force", description = "Allow the output to replace the input.")
    private boolean force;

    /// Fails before any work is done if the output is not named or cannot be written, or would replace the input
    /// unasked.
    ///
    /// @param alternative what can be said instead of an output file, a clause; empty if nothing can
    Path check(Path input, String alternative) throws IOException {
        if (output == null) {
            throw usage("no output file: say -o FILE" + alternative);
        }
        if (!force && Files.exists(output) && Files.exists(input) && Files.isSameFile(output, input)) {
            throw usage("the output is the input: choose another name, or say --force to replace it");
        }
        if (external != null && !isBeside(output, external)) {
            throw usage("--external takes a file name without a folder, other than the model's: the data has to be "
                    + "beside the model");
        }
        OnnxWriter.probe(output);
        return output;
    }

    private static boolean isBeside(Path output, String name) {
        Path file = output.resolveSibling(name);
        return !name.equals("..")
                && !name.equals(".")
                && name.equals(String.valueOf(file.getFileName()))
                && !file.equals(output);
    }

    /// Writes the model; its large tensors are in external data afterwards if that was asked for.
    OnnxWriter.Sizes write(Model model, Path to) throws IOException {
        if (external == null) {
            return OnnxWriter.write(model, to);
        }
        new MoveDataOut().apply(model);
        return OnnxWriter.write(model, to, external);
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
