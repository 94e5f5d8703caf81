package dev.espalier.pruning.calibrated;

import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// Some samples of a layer: rows of its inputs and of the outputs that it should have.
public final class SampleRows {
    private final float[] x;
    private final float[] t;
    private final float[] floors;
    private final int rows;

    /// @param x inputs, rows x inputs
    /// @param t outputs that there should be, rows x outputs
    /// @param floors what outputs the activation behind the layer sees as zero, rows x outputs; empty
    ///     if there is none
    public SampleRows(float[] x, float[] t, float[] floors, int rows) {
        this.x = x;
        this.t = t;
        this.floors = floors;
        this.rows = rows;
    }

    /// Samples of a layer without an activation.
    public SampleRows(float[] x, float[] t, int rows) {
        this(x, t, new float[0], rows);
    }

    /// Inputs, rows x inputs.
    float[] x() {
        return x;
    }

    /// The outputs that there should be, rows x outputs.
    float[] t() {
        return t;
    }

    /// What the activation sees as zero, rows x outputs; empty if there is none.
    float[] floors() {
        return floors;
    }

    int rows() {
        return rows;
    }

    /// About half of them, drawn by lot: every second one could be always the same places of an image.
    SampleRows halved(SplittableRandom random) {
        int[] drawn =
                IntStream.range(0, rows).filter(row -> random.nextBoolean()).toArray();
        return new SampleRows(only(drawn, x), only(drawn, t), only(drawn, floors), drawn.length);
    }

    private float[] only(int[] drawn, float[] values) {
        int width = values.length / Math.max(1, rows);
        float[] some = new float[drawn.length * width];
        for (int i = 0; i < drawn.length; i++) {
            System.arraycopy(values, drawn[i] * width, some, i * width, width);
        }
        return some;
    }
}
