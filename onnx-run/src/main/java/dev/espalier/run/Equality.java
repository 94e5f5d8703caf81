package dev.espalier.run;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import dev.espalier.onnx.Graph;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Whether a model file and others give the same outputs on the same seeded inputs, at every optimization
/// level.
final class Equality {
    private final Path file;
    private final Graph graph;
    private final long seed;
    private final RandomInputs.Guess guess;
    private final int outputs;

    private Equality(Path file, Graph graph, long seed, RandomInputs.Guess guess, int outputs) {
        this.file = file;
        this.graph = graph;
        this.seed = seed;
        this.guess = guess;
        this.outputs = outputs;
    }

    /// Looks for inputs that the model takes.
    ///
    /// @param graph of the file
    /// @throws ModelRunException if the runtime refuses it, or it runs on none
    static Equality of(Path file, Graph graph, long seed) throws ModelRunException {
        ModelRunException first = null;
        try (OrtModel model = OrtModel.load(file)) {
            for (RandomInputs.Guess guess : RandomInputs.GUESSES) {
                try {
                    int outputs =
                            run(model, new RandomInputs(seed, guess).of(graph)).size();
                    return new Equality(file, graph, seed, guess, outputs);
                } catch (ModelRunException e) {
                    first = first == null ? e : first;
                }
            }
        }
        throw new ModelRunException("it loads, but runs on no random inputs: "
                + Objects.requireNonNull(first).getMessage());
    }

    /// How many outputs it has.
    int outputCount() {
        return outputs;
    }

    /// The outputs that are not equal bit for bit, with the levels where they are not. At each level those
    /// of the form count that is the nearest to the file.
    ///
    /// @param forms files with the same inputs and outputs
    Map<String, List<String>> differing(List<Path> forms) throws ModelRunException {
        Map<String, List<String>> levels = new TreeMap<>();
        for (OptLevel level : Resaver.LEVELS) {
            for (String output : differing(forms, level)) {
                levels.computeIfAbsent(output, o -> new ArrayList<>()).add(Resaver.nameOf(level));
            }
        }
        return levels;
    }

    private Set<String> differing(List<Path> forms, OptLevel level) throws ModelRunException {
        Map<String, Output> found = run(file, level);
        Set<String> fewest = new TreeSet<>(found.keySet());
        for (Path form : forms) {
            Map<String, Output> expected = run(form, level);
            Set<String> differing = new TreeSet<>(found.keySet());
            differing.removeIf(name -> Objects.equals(found.get(name), expected.get(name)));
            if (differing.isEmpty()) {
                return differing;
            }
            fewest = differing.size() < fewest.size() ? differing : fewest;
        }
        return fewest;
    }

    private Map<String, Output> run(Path model, OptLevel level) throws ModelRunException {
        try (OrtModel loaded = OrtModel.load(model, level)) {
            return run(loaded, new RandomInputs(seed, guess).of(graph));
        }
    }

    private static Map<String, Output> run(OrtModel model, Map<String, OnnxTensor> inputs) throws ModelRunException {
        try {
            return model.run(inputs);
        } finally {
            inputs.values().forEach(OnnxTensor::close);
        }
    }
}
