package dev.espalier.run.validate;

import dev.espalier.run.data.DataException;
import dev.espalier.sparse.DenseTensor;
import java.util.List;
import java.util.Locale;

/// Placing similar things near each other: rows 2k and 2k+1 of the inputs are pair k, whose label is how similar the
/// two are. Outputs of one vector for each token are pooled. Columns: the cosine of a pair, its score.
///
/// @param pooling how tokens become one vector
/// @param mask name of the input that says which tokens count; all do if the model has no such input
public record Embedding(Pooling pooling, String mask) implements Task {
    /// How the vectors of tokens become one.
    public enum Pooling {
        /// The mean under the mask.
        MEAN,
        /// The first token's.
        CLS;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Override
    public String name() {
        return "embedding";
    }

    @Override
    public List<Metric> metrics() {
        return List.of(Metric.SPEARMAN, Metric.PEARSON);
    }

    @Override
    public int rowsPerSample() {
        return 2;
    }

    @Override
    public Score score(Sample sample) {
        if (sample.label().length != 1 || sample.rows().size() != 2) {
            throw new DataException(
                    "a pair of rows needs one score, and an output with a first axis for the rows",
                    "",
                    "give the array of scores with --labels NAME and the output with --output NAME");
        }
        double[] first = pooled(sample.rows().get(0), sample, 2 * sample.place());
        double[] second = pooled(sample.rows().get(1), sample, 2 * sample.place() + 1);
        return Score.of(Agreement.cosine(first, second), sample.label()[0]);
    }

    /// One vector for a row.
    ///
    /// @param row which row of the batch
    private double[] pooled(RowOutput output, Sample sample, int row) {
        if (output.dims().length == 1) {
            return output.values();
        }
        if (output.dims().length != 2) {
            throw new DataException(
                    "an output of " + output.dims().length + " axes for a row is no embedding",
                    "",
                    "choose an output with --output NAME, or another --task");
        }
        int tokens = (int) output.dims()[0];
        int width = (int) output.dims()[1];
        double[] sum = new double[width];
        DenseTensor counts = sample.batch().inputs().get(mask);
        for (int token = 0; token < (pooling == Pooling.CLS ? 1 : tokens); token++) {
            boolean isCounted = pooling == Pooling.CLS
                    || counts == null
                    || counts.bitsAt(row * counts.shape().dim(1) + token) != 0;
            for (int i = 0; isCounted && i < width; i++) {
                sum[i] += output.values()[token * width + i];
            }
        }
        return sum;
    }
}
