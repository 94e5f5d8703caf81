package dev.espalier.pruning.channels;

import dev.espalier.onnx.Model;
import dev.espalier.onnx.Value;
import dev.espalier.pruning.PruningException;
import dev.espalier.sparse.DenseTensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// Scores that another tool computed, by tensor: each of the shape of its tensor, so that a slice of a weight
/// has the sum of its elements' scores, and a bias or the scale of a normalization has one for each channel.
/// Channels that none of them tells of stay.
public final class GivenScores implements ChannelMethod {
    /// Scores of nothing, to be replaced by those of a file.
    static final GivenScores NONE = new GivenScores(Map.of());

    private final Map<String, DenseTensor> scores;

    private GivenScores(Map<String, DenseTensor> scores) {
        this.scores = scores;
    }

    /// Scores for a model.
    ///
    /// @param scores by the tensor's name, or its path where it is in a nested graph
    /// @throws PruningException if one is for no constant of the model, has another shape, or is negative or
    ///     not a number
    public static GivenScores of(Model model, Map<String, DenseTensor> scores) {
        Map<String, DenseTensor> byPath = new HashMap<>();
        scores.forEach((name, tensor) -> {
            Value value = model.allGraphs().stream()
                    .flatMap(graph -> graph.initializers().stream())
                    .filter(each -> each.path().equals(name) || each.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> fault(name, "the model has no initializer of that name", "`inspect --all`"));
            if (!value.constant().orElseThrow().shape().equals(tensor.shape())) {
                throw fault(
                        name,
                        "they are " + tensor.shape() + ", the tensor is "
                                + value.constant().orElseThrow().shape(),
                        "`inspect`");
            }
            byPath.put(value.path(), tensor);
        });
        return new GivenScores(byPath);
    }

    private static PruningException fault(String name, String what, String where) {
        return new PruningException(
                "scores that fit nothing: " + what, "scores '" + name + "'", where + " shows the tensors");
    }

    @Override
    public String name() {
        return "scores";
    }

    @Override
    public String summary() {
        return "those of a file, by tensor (--scores)";
    }

    @Override
    public double ofNothing() {
        return Double.NaN;
    }

    @Override
    public boolean looksAt(WeightSlices slices) {
        return scores.containsKey(slices.name());
    }

    @Override
    public double[] score(WeightSlices slices, long seed) {
        DenseTensor given = scores.get(slices.name());
        double[] sums = new double[slices.count()];
        if (given != null) {
            slices.each(given, (slice, score) -> sums[slice] += score);
        }
        if (!Arrays.stream(sums).allMatch(sum -> sum >= 0 && sum < Double.POSITIVE_INFINITY)) {
            throw new PruningException(
                    "a score is negative, infinite or not a number",
                    "scores '" + slices.name() + "'",
                    "a score says how much a channel matters: 0 for nothing, and more for more");
        }
        return sums;
    }
}
