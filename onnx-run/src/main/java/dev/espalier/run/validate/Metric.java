package dev.espalier.run.validate;

import java.util.Arrays;
import org.hipparchus.stat.correlation.SpearmansCorrelation;

/// The figure that a task is judged by. More is better, and 1 is the most.
public enum Metric {
    /// Share of samples whose label is the class with the largest output. Column 0: 1 if it is, else 0.
    ACCURACY("top-1 accuracy"),
    /// Mean of the cosine with the original's output. Column 0: the cosine.
    COSINE("cosine with the original"),
    /// Spearman's rank correlation. Column 0: the cosine of a pair; column 1: its score.
    SPEARMAN("Spearman"),
    /// Coefficient of determination, 1 - sum (y - p)^2 / sum (y - mean y)^2. Column 0: mean squared error of a sample;
    /// column 1: mean of its labels; column 2: mean of their squares.
    R2("R2"),
    /// Mean over classes of intersection / union. Columns: intersections of all classes, then unions.
    MEAN_IOU("mean IoU");

    private final String words;

    Metric(String words) {
        this.words = words;
    }

    @Override
    public String toString() {
        return words;
    }

    /// Whether it is a mean of a yes or no for each sample.
    boolean isBinary() {
        return this == ACCURACY;
    }

    /// The figure of some samples.
    ///
    /// @param columns by number, then by sample
    /// @param rows samples, each as often as it counts
    /// @return NaN where it is not defined
    double of(double[][] columns, int[] rows) {
        return switch (this) {
            case ACCURACY, COSINE -> mean(columns[0], rows);
            case SPEARMAN ->
                rows.length < 2
                        ? Double.NaN
                        : new SpearmansCorrelation().correlation(pick(columns[0], rows), pick(columns[1], rows));
            case R2 -> {
                double label = mean(columns[1], rows);
                yield 1 - mean(columns[0], rows) / (mean(columns[2], rows) - label * label);
            }
            case MEAN_IOU -> meanIou(columns, rows);
        };
    }

    private static double meanIou(double[][] columns, int[] rows) {
        int classes = columns.length / 2;
        double sum = 0;
        int present = 0;
        for (int c = 0; c < classes; c++) {
            double union = mean(columns[classes + c], rows);
            if (union > 0) {
                sum += mean(columns[c], rows) / union;
                present++;
            }
        }
        return sum / present;
    }

    static double mean(double[] column, int[] rows) {
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
