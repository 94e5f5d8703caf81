package dev.espalier.run.calibrate;

import dev.espalier.pruning.calibrated.Products;
import dev.espalier.pruning.calibrated.SampleSums;
import java.util.Arrays;

/// Rows on their way to what is kept of them, some hundreds at once: those of a single sample alone would cost
/// as much as they do, because every element of moments is added to.
final class Gathered {
    private static final int ENOUGH = 512;

    private final SampleSums sums;
    private final Products products;
    private float[] x = new float[0];
    private float[] t = new float[0];
    private int rows;

    Gathered(SampleSums sums, Products products) {
        this.sums = sums;
        this.products = products;
    }

    /// @param moreX rows x inputs
    /// @param moreT rows x outputs
    void add(float[] moreX, float[] moreT, int more) {
        if (rows == 0) {
            x = moreX;
            t = moreT;
        } else {
            x = joined(x, rows * sums.inputs(), moreX);
            t = joined(t, rows * sums.outputs(), moreT);
        }
        rows += more;
        if (rows >= ENOUGH) {
            flush();
        }
    }

    /// Doubles the room when there is too little.
    private static float[] joined(float[] some, int used, float[] more) {
        float[] all = used + more.length > some.length ? Arrays.copyOf(some, 2 * used + more.length) : some;
        System.arraycopy(more, 0, all, used, more.length);
        return all;
    }

    private static float[] first(float[] some, int count) {
        return some.length == count ? some : Arrays.copyOf(some, count);
    }

    /// Adds what is here to the sums.
    void flush() {
        if (rows > 0) {
            sums.add(first(x, rows * sums.inputs()), first(t, rows * sums.outputs()), rows, products);
        }
        x = new float[0];
        t = new float[0];
        rows = 0;
    }
}
