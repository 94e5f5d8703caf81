package dev.espalier.run.calibrate;

import dev.espalier.pruning.calibrated.Products;
import dev.espalier.pruning.calibrated.SampleRows;
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
    private float[] floors = new float[0];
    private int rows;

    Gathered(SampleSums sums, Products products) {
        this.sums = sums;
        this.products = products;
    }

    /// @param moreX rows x inputs
    /// @param moreT rows x outputs
    /// @param moreFloors the same, or empty always
    void add(float[] moreX, float[] moreT, float[] moreFloors, int more) {
        if (rows == 0) {
            x = moreX;
            t = moreT;
            floors = moreFloors;
        } else {
            x = joined(x, rows * sums.inputs(), moreX);
            t = joined(t, rows * sums.outputs(), moreT);
            floors = moreFloors.length == 0 ? floors : joined(floors, rows * sums.outputs(), moreFloors);
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
            int outputs = rows * sums.outputs();
            float[] some = floors.length == 0 ? floors : first(floors, outputs);
            sums.add(new SampleRows(first(x, rows * sums.inputs()), first(t, outputs), some, rows), products);
        }
        x = new float[0];
        t = new float[0];
        floors = new float[0];
        rows = 0;
    }
}
