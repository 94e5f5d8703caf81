package dev.espalier.run.calibrate;

import dev.espalier.pruning.calibrated.Softmax;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How far an output is from another: what an error of a layer is worth in the end.
enum Divergence {
    /// Kullback and Leibler's, of the softmax, nats per sample.
    LOGITS("KL divergence of the softmax") {
        @Override
        double of(Tensor meant, Tensor actual, @Nullable Tensor mask) {
            int classes = meant.dim(1);
            double sum = 0;
            for (int row = 0; row < meant.dim(0); row++) {
                double[] p = logSoftmax(meant.values(), row * classes, classes);
                double[] q = logSoftmax(actual.values(), row * classes, classes);
                for (int i = 0; i < classes; i++) {
                    sum += Math.exp(p[i]) * (p[i] - q[i]);
                }
            }
            return Math.max(0, sum) / meant.dim(0);
        }
    },

    /// Mean squared error of the cosines between all samples of a batch, of tokens pooled by their mean.
    EMBEDDINGS("error of the similarities of embeddings") {
        @Override
        double of(Tensor meant, Tensor actual, @Nullable Tensor mask) {
            List<double[]> one = pooled(meant, mask);
            List<double[]> other = pooled(actual, mask);
            double sum = 0;
            for (int i = 0; i < one.size(); i++) {
                for (int j = 0; j < i; j++) {
                    double difference = product(one.get(i), one.get(j)) - product(other.get(i), other.get(j));
                    sum += difference * difference;
                }
            }
            return sum / Math.max(1, one.size() * (one.size() - 1) / 2);
        }
    },

    /// Squared error over the mean square.
    ANY("relative squared error") {
        @Override
        double of(Tensor meant, Tensor actual, @Nullable Tensor mask) {
            double error = 0;
            double squares = 0;
            for (int i = 0; i < meant.values().length; i++) {
                double difference = (double) meant.values()[i] - actual.values()[i];
                error += difference * difference;
                squares += (double) meant.values()[i] * meant.values()[i];
            }
            return squares > 0 ? error / squares : error;
        }
    };

    private final String label;

    Divergence(String label) {
        this.label = label;
    }

    /// What it is, for people.
    String label() {
        return label;
    }

    /// That which suits an output.
    ///
    /// @param mask of tokens, if there is one
    static Divergence suiting(Tensor output, @Nullable Tensor mask) {
        if (mask != null && output.rank() == 3 && output.dim(1) == mask.dim(1)) {
            return EMBEDDINGS;
        }
        return output.rank() == 2 && output.dim(1) > 1 && mask == null ? LOGITS : ANY;
    }

    /// Of a batch.
    ///
    /// @param mask of tokens, if there is one
    abstract double of(Tensor meant, Tensor actual, @Nullable Tensor mask);

    private static double[] logSoftmax(float[] values, int from, int count) {
        double[] logs = new double[count];
        for (int i = 0; i < count; i++) {
            logs[i] = values[from + i];
        }
        Softmax.log(logs);
        return logs;
    }

    /// Of length one.
    private static List<double[]> pooled(Tensor tokens, @Nullable Tensor mask) {
        int positions = tokens.dim(1);
        int width = tokens.dim(2);
        List<double[]> pooled = new ArrayList<>();
        for (int sample = 0; sample < tokens.dim(0); sample++) {
            double[] mean = new double[width];
            for (int position = 0; position < positions; position++) {
                int place = sample * positions + position;
                if (mask == null || mask.values()[place] != 0) {
                    for (int i = 0; i < width; i++) {
                        mean[i] += tokens.values()[place * width + i];
                    }
                }
            }
            double length = Math.sqrt(product(mean, mean));
            for (int i = 0; i < width && length > 0; i++) {
                mean[i] /= length;
            }
            pooled.add(mean);
        }
        return pooled;
    }

    private static double product(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
