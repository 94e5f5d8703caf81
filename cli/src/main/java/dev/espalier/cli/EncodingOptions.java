package dev.espalier.cli;

import dev.espalier.pruning.EncodingChoice;
import dev.espalier.sparse.ValueForm;
import org.jspecify.annotations.Nullable;
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
    private @Nullable EncodingChoice encoding;

    @Option(
            names = "--fastest-load",
            description = "Of the forms, only those that a runtime loads as fast as a dense model: coo and dense.")
    private boolean fastestLoad;

    @Option(
            names = "--values",
            description =
                    "Round what stays, one of ${COMPLETION-CANDIDATES}: half precision, or 8-bit steps whose size "
                            + "each output channel has for itself. Runtimes get numbers of the tensor's own type. Only with "
                            + "encodings that nodes decode.")
    private @Nullable ValueForm values;

    EncodingChoice choice() {
        EncodingChoice choice = encodings();
        try {
            return values == null ? choice : choice.rounding(values);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--values " + values + ": " + e.getMessage());
        }
    }

    private EncodingChoice encodings() {
        if (!fastestLoad) {
            return encoding == null ? EncodingChoice.AUTO : encoding;
        }
        if (encoding != null && !encoding.equals(EncodingChoice.AUTO)) {
            throw new ParameterException(
                    spec.commandLine(), "--fastest-load chooses among encodings: it does not go with --encoding");
        }
        return EncodingChoice.FASTEST_LOAD;
    }
}
