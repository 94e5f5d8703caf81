package dev.espalier.cli;

import dev.espalier.pruning.Question;
import dev.espalier.run.RuntimeCheck;
import dev.espalier.run.data.Dataset;
import dev.espalier.run.data.FeedRequest;
import dev.espalier.run.data.Selection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Whether the outputs of a model are compared with those of its dense form, and on what.
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class EqualityOptions {
    private static final int BATCH = 16;
    private static final int DEFAULT_SAMPLES = 256;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--no-run",
            description = "Look at the stored bytes, do not compare outputs with those of the dense form.")
    private boolean noRun;

    @Option(
            names = "--inputs",
            paramLabel = "DATA",
            description = "Compare outputs on samples instead of random inputs: an array for each input (.npz, .npy), "
                    + "images or ONNX test data.")
    private @Nullable Path data;

    @Option(
            names = "--samples",
            paramLabel = "N",
            description = "How many of them at most, the first ones (default: " + DEFAULT_SAMPLES + ").")
    private @Nullable Integer samples;

    @Mixin
    private InputOptions inputs;

    @Option(names = "--seed", description = "Seed of random inputs (default: ${DEFAULT-VALUE}).")
    private long seed;

    /// Whether outputs are compared.
    ///
    /// @param required what decides
    /// @throws ParameterException if the options contradict each other
    boolean isAsked(@Nullable Question required) {
        if (noRun && required == Question.EQUAL) {
            throw usage("--require equal runs the model, which --no-run forbids: leave one out");
        }
        if (data == null && !(inputs.areUnused() && samples == null)) {
            throw usage(
                    "--samples, --input, --preprocess and --where are about the samples of --inputs, and there are none");
        }
        if (samples != null && samples < 1) {
            throw usage("--samples is a number from 1 on");
        }
        boolean isAsked = !noRun && (required == null || required == Question.EQUAL);
        if (data != null && !isAsked) {
            throw usage("--inputs is what outputs are compared on, which "
                    + (noRun ? "--no-run" : "--require " + required) + " leaves out: leave one out");
        }
        return isAsked;
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    /// Opens the samples; null if there are none.
    @Nullable
    Dataset open() throws IOException {
        return data == null ? null : inputs.open(data);
    }

    /// The seed of random inputs.
    long seed() {
        return seed;
    }

    /// @param opened what [#open] gave
    RuntimeCheck check(Path model, @Nullable Dataset opened) throws IOException {
        if (opened == null) {
            return RuntimeCheck.onRandomInputs(model, seed);
        }
        int limit = samples == null ? DEFAULT_SAMPLES : samples;
        Selection selection = new Selection(inputs.where(), limit, Optional.empty());
        FeedRequest request = new FeedRequest(
                inputs.names(), Set.of(), Optional.empty(), inputs.preprocess(), selection, 1, BATCH, 0, seed);
        return RuntimeCheck.on(model, opened, request);
    }
}
