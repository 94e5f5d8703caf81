package dev.espalier.cli;

import dev.espalier.onnx.Value;
import dev.espalier.run.validate.Latency;
import dev.espalier.run.validate.Subject;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/// How to time models on random inputs.
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class TimingOptions {
    @Spec(Target.MIXEE)
    private CommandSpec spec;

    @Option(names = "--threads", paramLabel = "N", description = "Threads of a run (default: ${DEFAULT-VALUE}).")
    private int threads = Latency.Settings.DEFAULT.threads();

    @Option(
            names = "--batch",
            paramLabel = "N",
            description = "Rows of a run, where the model leaves the first dimension of its inputs open "
                    + "(default: ${DEFAULT-VALUE}).")
    private int batch = Latency.Settings.DEFAULT.batch();

    @Option(
            names = "--shape",
            paramLabel = "INPUT=DIMS",
            description = "Shape of an input, 1x3x224x224 for instance, where the model leaves it open. Repeatable.")
    private Map<String, String> shapes = new LinkedHashMap<>();

    @Option(
            names = "--seconds",
            paramLabel = "SECONDS",
            description = "How long to measure; 30 rounds are measured in any case (default: ${DEFAULT-VALUE}).")
    private double seconds = Latency.Settings.DEFAULT.seconds();

    @Option(names = "--seed", description = "Seed of the inputs and of the order (default: ${DEFAULT-VALUE}).")
    private long seed;

    /// @throws ParameterException if one of them makes no sense
    Latency.Settings settings() {
        if (batch < 1 || threads < 1 || !(seconds >= 0)) {
            throw usage("--batch and --threads are numbers from 1 on, --seconds is not negative");
        }
        Map<String, List<Long>> parsed = new LinkedHashMap<>();
        shapes.forEach((name, dims) -> parsed.put(name, dims(name, dims)));
        return new Latency.Settings(threads, batch, parsed, seconds, seed);
    }

    private List<Long> dims(String name, String dims) {
        if (!dims.matches("[1-9]\\d{0,8}(x[1-9]\\d{0,8})*")) {
            throw usage("--shape " + name + ": '" + dims + "' is no shape like 1x3x224x224");
        }
        return Arrays.stream(dims.split("x", -1)).map(Long::valueOf).toList();
    }

    /// @throws ParameterException if a shape is given for what is an input of no model
    void requireInputs(List<Subject> subjects) {
        List<String> inputs = subjects.stream()
                .flatMap(subject -> subject.model().graph().inputs().stream())
                .filter(input -> !input.isInitializer())
                .map(Value::name)
                .distinct()
                .toList();
        for (String name : shapes.keySet()) {
            if (!inputs.contains(name)) {
                throw usage("--shape " + name + ": there is no such input, but " + String.join(", ", inputs));
            }
        }
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
