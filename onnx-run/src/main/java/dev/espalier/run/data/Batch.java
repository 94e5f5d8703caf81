package dev.espalier.run.data;

import dev.espalier.sparse.DenseTensor;
import java.util.Map;

/// Some samples, as a model takes them.
public final class Batch {
    private final int[] samples;
    private final int rows;
    private final Map<String, DenseTensor> inputs;
    private final double[][] labels;

    Batch(int[] samples, int rows, Map<String, DenseTensor> inputs, double[][] labels) {
        this.samples = samples;
        this.rows = rows;
        this.inputs = inputs;
        this.labels = labels;
    }

    /// How many samples.
    public int size() {
        return samples.length;
    }

    /// How many rows of the inputs are put together, those that only fill a batch of a fixed size among them; 1 if a
    /// row
    /// is all that the inputs take.
    public int rows() {
        return rows;
    }

    /// The number of a sample in the data, from 0.
    ///
    /// @param place in this batch
    public int sample(int place) {
        return samples[place];
    }

    /// The inputs by name. Rows past the samples only fill a batch of a fixed size. The memory is used again for the
    /// batch after the next.
    public Map<String, DenseTensor> inputs() {
        return inputs;
    }

    /// The numbers of a sample's label.
    ///
    /// @param place in this batch
    /// @throws IllegalStateException if none were asked for
    public double[] label(int place) {
        if (labels.length == 0) {
            throw new IllegalStateException("no labels were asked for");
        }
        return labels[place];
    }
}
