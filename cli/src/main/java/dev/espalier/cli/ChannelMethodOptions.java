package dev.espalier.cli;

import dev.espalier.onnx.Model;
import dev.espalier.pruning.channels.ChannelMethod;
import dev.espalier.pruning.channels.ChannelMethods;
import dev.espalier.pruning.channels.GivenScores;
import dev.espalier.pruning.channels.SampledChannels;
import dev.espalier.run.data.NamedTensors;
import dev.espalier.sparse.DenseTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/// How to tell which channels matter.
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ChannelMethodOptions {
    @Spec(Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--method",
            converter = Converters.ChannelMethodConverter.class,
            completionCandidates = Converters.ChannelMethodNames.class,
            description = "How to tell which matter, one of ${COMPLETION-CANDIDATES} (default: l2, with "
                    + "--calibration obs).")
    private @Nullable ChannelMethod method;

    @Option(
            names = "--scores",
            paramLabel = "FILE",
            description = "For --method scores: an .npz of importance scores, each of the name and shape of a tensor.")
    private @Nullable Path scores;

    /// @param hasSamples whether there is calibration data
    /// @throws ParameterException if one is missing that the other needs
    void check(boolean hasSamples) {
        if (method instanceof SampledChannels sampled && !hasSamples) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--method " + sampled.name() + " looks at what layers read: give some samples with "
                            + "--calibration DATA");
        }
        if (method instanceof GivenScores != (scores != null)) {
            throw new ParameterException(spec.commandLine(), "--method scores and --scores FILE go together");
        }
    }

    /// The method, with the scores for this model if it takes some.
    ///
    /// @param hasSamples whether there is calibration data
    /// @throws IOException if they cannot be read
    ChannelMethod of(Model model, boolean hasSamples) throws IOException {
        if (scores == null) {
            return method != null ? method : hasSamples ? ChannelMethods.OBS : ChannelMethods.L2;
        }
        try (NamedTensors archive = NamedTensors.open(scores)) {
            Map<String, DenseTensor> given = new LinkedHashMap<>();
            for (String name : archive.names()) {
                archive.read(name).ifPresent(tensor -> given.put(name, tensor));
            }
            return GivenScores.of(model, given);
        }
    }
}
