package dev.espalier.cli;

import dev.espalier.pruning.GivenTensors;
import dev.espalier.pruning.MethodInputs;
import dev.espalier.pruning.NameMap;
import dev.espalier.pruning.PruningMethod;
import dev.espalier.pruning.PruningMethods;
import dev.espalier.pruning.calibrated.CalibratedMethod;
import dev.espalier.pruning.calibrated.CalibratedMethods;
import dev.espalier.pruning.recipe.Recipe;
import dev.espalier.run.data.NpzTensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/// How weights are chosen, and what the methods need for that. What an option gives to one method chooses that
/// method.
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class MethodOptions implements AutoCloseable {
    @Spec(Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--method",
            paramLabel = "METHOD",
            converter = Converters.MethodConverter.class,
            completionCandidates = Converters.Methods.class,
            description = "How to choose, one of ${COMPLETION-CANDIDATES} (default: magnitude, the smallest |w| go; "
                    + "with --calibration admm).")
    private @Nullable String method;

    @Option(names = "--threshold", paramLabel = "T", description = "For the method threshold: all |w| below T go.")
    private @Nullable Double threshold;

    @Option(
            names = "--scores",
            paramLabel = "FILE",
            description = "For the method scores: an .npz file with the importance of each weight, from 0 on, in an "
                    + "array of the tensor's name and shape. The lowest go.")
    private @Nullable Path scores;

    @Option(
            names = "--masks",
            paramLabel = "FILE",
            description = "For the method mask: an .npz file with masks by the tensors' names, 0 where a weight goes.")
    private @Nullable Path masks;

    @Option(
            names = "--name-map",
            paramLabel = "FILE",
            description = "What arrays are called: a YAML or JSON file of TENSOR: ARRAY; 'ARRAY.T' for one that the "
                    + "model stores transposed.")
    private @Nullable Path nameMap;

    private final List<NpzTensors> opened = new ArrayList<>();

    /// What is given to methods; its files stay open until this is closed.
    MethodInputs inputs() throws IOException {
        NameMap names = names();
        return new MethodInputs(
                threshold == null ? OptionalDouble.empty() : OptionalDouble.of(threshold),
                given(scores, names),
                given(masks, names));
    }

    NameMap names() throws IOException {
        return nameMap == null ? NameMap.NONE : Recipe.names(nameMap);
    }

    private Optional<GivenTensors> given(@Nullable Path file, NameMap names) throws IOException {
        if (file == null) {
            return Optional.empty();
        }
        NpzTensors tensors = NpzTensors.open(file);
        opened.add(tensors);
        return Optional.of(new GivenTensors(tensors, names));
    }

    /// The method that is used if there are samples.
    ///
    /// @throws ParameterException if it needs samples and there are none, or the other way round
    CalibratedMethod calibratedMethod(boolean hasSamples) {
        Optional<CalibratedMethod> found = Optional.ofNullable(method).flatMap(CalibratedMethods::named);
        if (found.isPresent() && !hasSamples) {
            throw usage("--method " + method + " prunes by what layers compute on samples: give some with "
                    + "--calibration DATA");
        }
        if (hasSamples && found.isEmpty() && !kind().name().equals(PruningMethods.MAGNITUDE.name())) {
            throw usage("--method " + kind().name() + " makes no use of samples: leave out --calibration, or choose "
                    + "among "
                    + CalibratedMethods.ALL.stream().map(CalibratedMethod::name).collect(Collectors.joining(", ")));
        }
        return found.orElse(CalibratedMethods.ADMM);
    }

    /// The method that is named, or that something is given for; magnitude for those that use samples.
    private PruningMethods.Kind kind() {
        return Optional.ofNullable(method)
                .flatMap(PruningMethods::named)
                .or(() -> given().findFirst())
                .orElseGet(() -> PruningMethods.named("magnitude").orElseThrow());
    }

    private Stream<PruningMethods.Kind> given() {
        ParseResult options = spec.commandLine().getParseResult();
        return PruningMethods.ALL.stream()
                .filter(kind -> !kind.needs().isEmpty() && options.hasMatchedOption(kind.needs()));
    }

    /// The method that is named or that something is given for.
    PruningMethod method(MethodInputs inputs) {
        PruningMethods.Kind kind = kind();
        given().filter(other -> !other.equals(kind)).findFirst().ifPresent(other -> {
            String named = method == null ? kind.name() : method;
            throw usage(other.needs() + " is for the method " + other.name() + ", and the method is " + named);
        });
        try {
            return kind.with(inputs);
        } catch (IllegalArgumentException e) {
            throw usage(e.getMessage());
        }
    }

    private ParameterException usage(@Nullable String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    @Override
    public void close() throws IOException {
        for (NpzTensors tensors : opened) {
            tensors.close();
        }
    }
}
