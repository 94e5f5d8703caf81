package dev.espalier.cli;

import dev.espalier.pruning.EncodingChoice;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/// How weights with zeros are stored.
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class EncodingOptions {
    @Spec(Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--encoding",
            converter = Converters.EncodingConverter.class,
            completionCandidates = Converters.Encodings.class,
            description = "How weights with zeros are stored, one of ${COMPLETION-CANDIDATES} (default: auto, the "
                    + "smallest for each).")
    private EncodingChoice encoding = EncodingChoice.AUTO;

    @Option(
            names = "--fastest-load",
            description = "Of the forms, only those that a runtime loads as fast as a dense model: coo and dense.")
    private boolean fastestLoad;

    EncodingChoice choice() {
        if (!fastestLoad) {
            return encoding;
        }
        if (!encoding.equals(EncodingChoice.AUTO)) {
            throw new ParameterException(
                    spec.commandLine(), "--fastest-load chooses among encodings: it does not go with --encoding");
        }
        return EncodingChoice.FASTEST_LOAD;
    }
}
