package dev.espalier.run;

import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import dev.espalier.onnx.Graph;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Whether a model file and others give the same outputs on the same inputs, at every optimization level.
///
/// @param file the model
/// @param trials what they are run on
record Equality(Path file, Trials trials) {
    /// On random inputs that the model takes.
    ///
    /// @param graph of the file
    /// @throws ModelRunException if the runtime refuses it, or it runs on none
    static Equality onRandom(Path file, Graph graph, long seed) throws ModelRunException, IOException {
        ModelRunException first = null;
        try (OrtModel model = OrtModel.load(file)) {
            for (RandomInputs.Guess guess : RandomInputs.GUESSES) {
                Trials trials = Trials.random(graph, seed, guess);
                try {
                    trials.forEach(model::run);
                    return new Equality(file, trials);
                } catch (ModelRunException e) {
                    first = first == null ? e : first;
                }
            }
        }
        throw new ModelRunException("it loads, but runs on no random inputs: "
                + Objects.requireNonNull(first).getMessage());
    }

    /// @throws ModelRunException if the runtime refuses the model, or it does not run on these
    static Equality on(Path file, Trials trials) throws ModelRunException, IOException {
        try (OrtModel model = OrtModel.load(file)) {
            trials.forEach(model::run);
        }
        return new Equality(file, trials);
    }

    /// The outputs that are not equal bit for bit, with the levels where they are not. At each level those
    /// of the form count that is the nearest to the file.
    ///
    /// @param forms files with the same inputs and outputs
    Map<String, List<String>> differing(List<Path> forms) throws ModelRunException, IOException {
        Map<String, List<String>> levels = new TreeMap<>();
        for (OptLevel level : Resaver.LEVELS) {
            for (String output : differing(forms, level)) {
                levels.computeIfAbsent(output, o -> new ArrayList<>()).add(Resaver.nameOf(level));
            }
        }
        return levels;
    }

    private Set<String> differing(List<Path> forms, OptLevel level) throws ModelRunException, IOException {
        Set<String> fewest = null;
        try (OrtModel loaded = OrtModel.load(file, SessionSettings.DEFAULT.at(level))) {
            for (Path form : forms) {
                Set<String> differing = differing(loaded, form, level);
                if (differing.isEmpty()) {
                    return differing;
                }
                fewest = fewest == null || differing.size() < fewest.size() ? differing : fewest;
            }
        }
        return fewest == null ? Set.of() : fewest;
    }

    private Set<String> differing(OrtModel loaded, Path form, OptLevel level) throws ModelRunException, IOException {
        Set<String> differing = new TreeSet<>();
        try (OrtModel other = OrtModel.load(form, SessionSettings.DEFAULT.at(level))) {
            trials.forEach(inputs -> {
                Map<String, Output> found = loaded.run(inputs);
                Map<String, Output> expected = other.run(inputs);
                found.forEach((name, output) -> {
                    if (!output.equals(expected.get(name))) {
                        differing.add(name);
                    }
                });
            });
        }
        return differing;
    }
}
