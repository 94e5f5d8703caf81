package dev.espalier.run.validate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What the models take the samples of a class for.
///
/// @param label the class
/// @param samples of it
/// @param models what each model decides, in their order
public record Confusion(int label, int samples, List<Taken> models) {
    private static final int WORST = 5;
    private static final int MISTAKES = 3;

    /// What a model decides for the samples of a class.
    ///
    /// @param right how many are decided right
    /// @param mistakes the classes that the others are most often taken for
    public record Taken(int right, List<Mistake> mistakes) {}

    /// A class that samples of another are taken for.
    public record Mistake(int label, int samples) {}

    /// The classes of which the last model decides the smallest share right, without those that it decides all right.
    /// None if the task has no classes.
    public static List<Confusion> worst(Evaluation evaluation) {
        Map<Integer, List<Integer>> classes = new TreeMap<>();
        for (int i = 0; i < evaluation.size(); i++) {
            if (evaluation.label(i) >= 0) {
                classes.computeIfAbsent(evaluation.label(i), c -> new ArrayList<>())
                        .add(i);
            }
        }
        List<Confusion> confusions = new ArrayList<>();
        classes.forEach((label, rows) -> confusions.add(of(evaluation, label, rows)));
        return confusions.stream()
                .filter(c -> c.models.getLast().right < c.samples)
                .sorted(Comparator.comparingDouble(c -> (double) c.models.getLast().right / c.samples))
                .limit(WORST)
                .toList();
    }

    private static Confusion of(Evaluation evaluation, int label, List<Integer> rows) {
        List<Taken> models = new ArrayList<>();
        for (int model = 0; model < evaluation.models(); model++) {
            models.add(taken(evaluation.scores(model), label, rows));
        }
        return new Confusion(label, rows.size(), models);
    }

    private static Taken taken(ModelScores scores, int label, List<Integer> rows) {
        Map<Integer, Integer> decisions = new TreeMap<>();
        rows.forEach(row -> decisions.merge(scores.decision(row), 1, Integer::sum));
        Integer right = decisions.remove(label);
        return new Taken(
                right == null ? 0 : right,
                decisions.entrySet().stream()
                        .map(e -> new Mistake(e.getKey(), e.getValue()))
                        .sorted(Comparator.comparingInt(Mistake::samples).reversed())
                        .limit(MISTAKES)
                        .toList());
    }
}
