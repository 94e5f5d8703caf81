package dev.espalier.pruning.calibrated;

import dev.espalier.sparse.SparsityPattern;
import dev.espalier.sparse.Unstructured;
import java.util.Comparator;
import java.util.stream.IntStream;

/// Chooses which weights of a layer stay by their size times the norm of what they multiply, `|w| |x|` (Wanda:
/// Sun et al. 2023, arXiv 2306.11695), and fits them. Single weights compete within their output, as in the
/// paper.
final class Wanda implements CalibratedMethod {
    @Override
    public String name() {
        return "wanda";
    }

    @Override
    public String summary() {
        return "the smallest |w| |x| of each output go (Wanda)";
    }

    @Override
    public LayerSolution solve(LayerProblem problem, Products products) {
        return LayerFit.of(problem, problem.projection().keep(saliency(problem)), products);
    }

    static float[] saliency(LayerProblem problem) {
        return saliency(scores(problem), problem.weightInputs(), problem.pattern());
    }

    /// Scores outputs x inputs; of single weights their rank in the output instead.
    static float[] saliency(double[] scores, int inputs, SparsityPattern pattern) {
        float[] narrow = Numbers.narrowed(scores);
        return pattern instanceof Unstructured ? ranks(narrow, inputs) : narrow;
    }

    /// `|w| |x|`, outputs x inputs, with the root of the mean square of an input for its norm.
    static double[] scores(LayerProblem problem) {
        int inputs = problem.weightInputs();
        double[] weights = problem.weights();
        double[] scores = new double[weights.length];
        for (GroupProblem group : problem.groups()) {
            int from = group.firstWeight();
            for (int i = from; i < from + group.outputs() * inputs; i++) {
                int j = i % inputs;
                scores[i] = Math.abs(weights[i]) * Math.sqrt(group.all().input(j, j));
            }
        }
        return scores;
    }

    /// So that as many go of each output, or one more.
    private static float[] ranks(float[] scores, int columns) {
        float[] ranks = new float[scores.length];
        for (int at = 0; at < scores.length; at += columns) {
            int[] order = IntStream.range(at, at + columns)
                    .boxed()
                    .sorted(Comparator.comparingDouble(i -> scores[i]))
                    .mapToInt(Integer::intValue)
                    .toArray();
            for (int rank = 0; rank < columns; rank++) {
                ranks[order[rank]] = rank + 1;
            }
        }
        return ranks;
    }
}
