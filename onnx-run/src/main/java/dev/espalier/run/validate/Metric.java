package dev.espalier.run.validate;

import java.util.Arrays;
import java.util.Optional;
import org.hipparchus.stat.correlation.PearsonsCorrelation;
import org.hipparchus.stat.correlation.SpearmansCorrelation;

/// A figure of some samples, computed from the columns of their [Score]s. Each task says what its columns are.
public enum Metric {
    /// Share of samples whose label is the class with the largest output.
    ACCURACY("accuracy", "top-1 accuracy", Kind.SCORE),
    /// Share of samples whose label is among the five classes with the largest outputs.
    TOP5("top-5", "top-5 accuracy", Kind.SCORE),
    /// Mean over the classes that occur of 2 right / (labelled + decided).
    MACRO_F1("macro-f1", "macro F1", Kind.SCORE),
    /// Coefficient of determination, 1 - sum (y - p)^2 / sum (y - mean y)^2.
    R2("r2", "R2", Kind.SCORE),
    /// Mean absolute error.
    MAE("mae", "MAE", Kind.ERROR),
    /// Root of the mean squared error.
    RMSE("rmse", "RMSE", Kind.ERROR),
    /// Spearman's rank correlation of the cosines of pairs and their scores.
    SPEARMAN("spearman", "Spearman", Kind.SCORE),
    /// Pearson's correlation of the same.
    PEARSON("pearson", "Pearson", Kind.SCORE),
    /// Mean over the classes that occur of intersection / union.
    MEAN_IOU("iou", "mean IoU", Kind.SCORE),
    /// Mean over the classes that occur of 2 intersection / (labelled + decided).
    MEAN_DICE("dice", "mean Dice", Kind.SCORE),
    /// Mean of the cosine with the original's output.
    COSINE("cosine", "cosine with the original", Kind.SCORE),
    /// Share of samples whose largest output is where the original's is.
    SAME_ARG_MAX("arg-max", "same arg-max", Kind.SCORE),
    /// Mean of the length of the difference in lengths of the original's output.
    RELATIVE_ERROR("relative-error", "relative error", Kind.FIGURE),
    /// Mean of Kullback and Leibler's divergence of the softmax from the original's.
    DIVERGENCE("kl", "KL of softmax, nats", Kind.FIGURE);

    /// What a figure is good for.
    private enum Kind {
        /// More is better, and 1 is the most. A point is a hundredth.
        SCORE,
        /// Less is better. A point is a hundredth of the original's.
        ERROR,
        /// Only shown.
        FIGURE
    }

    private final String id;
    private final String words;
    private final Kind kind;

    Metric(String id, String words, Kind kind) {
        this.id = id;
        this.words = words;
        this.kind = kind;
    }

    /// The name on the command line.
    public String id() {
        return id;
    }

    @Override
    public String toString() {
        return words;
    }

    /// Whether a model can be judged by it.
    public boolean judges() {
        return kind != Kind.FIGURE;
    }

    /// Whether it is shown in percent.
    public boolean isShare() {
        return kind == Kind.SCORE;
    }

    /// How many points are lost from one to the other.
    double drop(double original, double pruned) {
        if (kind == Kind.SCORE) {
            return 100 * (original - pruned);
        }
        return original == pruned ? 0 : 100 * (pruned - original) / original;
    }

    /// Whether it is a mean of a yes or no for each sample.
    boolean isBinary() {
        return this == ACCURACY || this == TOP5 || this == SAME_ARG_MAX;
    }

    /// Whether it is the mean of its [#column], and more is better.
    boolean isMean() {
        return isBinary() || this == COSINE;
    }

    /// The column that it depends on by its mean alone, and monotonically; empty if it depends on more.
    Optional<Integer> column() {
        return switch (this) {
            case ACCURACY, COSINE, R2, RMSE -> Optional.of(0);
            case TOP5, RELATIVE_ERROR -> Optional.of(1);
            case SAME_ARG_MAX -> Optional.of(2);
            case MAE, DIVERGENCE -> Optional.of(3);
            case MACRO_F1, SPEARMAN, PEARSON, MEAN_IOU, MEAN_DICE -> Optional.empty();
        };
    }

    /// The figure of some samples.
    ///
    /// @param columns by number, then by sample
    /// @param rows samples, each as often as it counts
    /// @return NaN where it is not defined
    double of(double[][] columns, int[] rows) {
        return switch (this) {
            case ACCURACY, COSINE -> mean(columns[0], rows);
            case TOP5, RELATIVE_ERROR -> mean(columns[1], rows);
            case SAME_ARG_MAX -> mean(columns[2], rows);
            case MAE, DIVERGENCE -> mean(columns[3], rows);
            case RMSE -> Math.sqrt(mean(columns[0], rows));
            case R2 -> {
                double label = mean(columns[1], rows);
                yield 1 - mean(columns[0], rows) / (mean(columns[2], rows) - label * label);
            }
            case MACRO_F1 -> macroF1(columns[2], columns[3], rows);
            case SPEARMAN ->
                rows.length < 2
                        ? Double.NaN
                        : new SpearmansCorrelation().correlation(pick(columns[0], rows), pick(columns[1], rows));
            case PEARSON ->
                rows.length < 2
                        ? Double.NaN
                        : new PearsonsCorrelation().correlation(pick(columns[0], rows), pick(columns[1], rows));
            case MEAN_IOU -> overlap(columns, rows, 1);
            case MEAN_DICE -> overlap(columns, rows, 2);
        };
    }

    private static double macroF1(double[] labels, double[] decisions, int[] rows) {
        int classes = 0;
        for (int row : rows) {
            classes = Math.max(classes, 1 + (int) Math.max(labels[row], decisions[row]));
        }
        int[] labelled = new int[classes];
        int[] decided = new int[classes];
        int[] right = new int[classes];
        for (int row : rows) {
            labelled[(int) labels[row]]++;
            if (decisions[row] >= 0) {
                decided[(int) decisions[row]]++;
                right[(int) labels[row]] += labels[row] == decisions[row] ? 1 : 0;
            }
        }
        double sum = 0;
        int present = 0;
        for (int c = 0; c < classes; c++) {
            if (labelled[c] > 0) {
                sum += 2.0 * right[c] / (labelled[c] + decided[c]);
                present++;
            }
        }
        return sum / present;
    }

    /// Columns: intersections of all classes, then unions. Dice counts the intersection twice, above the line and
    /// below.
    private static double overlap(double[][] columns, int[] rows, int times) {
        int classes = columns.length / 2;
        double sum = 0;
        int present = 0;
        for (int c = 0; c < classes; c++) {
            double union = mean(columns[classes + c], rows);
            if (union > 0) {
                double intersection = mean(columns[c], rows);
                sum += times * intersection / (union + (times - 1) * intersection);
                present++;
            }
        }
        return sum / present;
    }

    private static double mean(double[] column, int[] rows) {
        double sum = 0;
        for (int row : rows) {
            sum += column[row];
        }
        return sum / rows.length;
    }

    private static double[] pick(double[] column, int[] rows) {
        return Arrays.stream(rows).mapToDouble(row -> column[row]).toArray();
    }
}
