package dev.espalier.run.calibrate;

import dev.espalier.onnx.Attribute;
import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Node;
import dev.espalier.onnx.Value;
import dev.espalier.pruning.calibrated.LayerUse;
import dev.espalier.pruning.calibrated.Products;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The weights of an LSTM, GRU or RNN, and what its gates sum up with them: `W x + b_W` of what it reads, `R h + b_R`
/// of
/// what it gave last. A GRU's new gate (ONNX: the third) takes the latter times the reset gate r, or with
/// `linear_before_reset` 0 of `r h` (Cho et al. 2014, arXiv 1406.1078).
final class Gates {
    private static final int RESET = 1;
    private static final int NEW = 2;

    private final Products products;
    private final int directions;
    private final int hidden;
    /// Outputs of all gates of a direction.
    private final int width;

    private final int inputs;
    private final boolean isReset;
    private final boolean isLinear;
    private final boolean[] isBackward;
    /// Inputs x outputs of all directions.
    private final float[] w;
    /// For each direction hidden x outputs.
    private final float[][] r;

    private final float[] addedToW;
    private final float[] addedToR;

    /// @param constants what W, R and B are
    Gates(LayerUse.Recurrence use, Function<Value, Constant> constants, Products products) {
        Node node = use.node();
        Tensor ofW = Tensor.of(constants.apply(use.w()).decode());
        Tensor ofR = Tensor.of(constants.apply(use.r()).decode());
        this.products = products;
        this.directions = ofR.dim(0);
        this.width = ofR.dim(1);
        this.hidden = ofR.dim(2);
        this.inputs = ofW.dim(2);
        this.isReset = node.isOperator("GRU");
        this.isLinear = node.intAttribute("linear_before_reset", 0) != 0;
        boolean isReverse =
                node.attribute("direction").orElse(null) instanceof Attribute.Text(String name, String value)
                        && value.equalsIgnoreCase("reverse");
        this.isBackward = new boolean[directions];
        isBackward[directions - 1] = isReverse || directions == 2;
        this.w = transposed(ofW.values(), directions * width, inputs);
        this.r = new float[directions][];
        for (int d = 0; d < directions; d++) {
            int size = width * hidden;
            r[d] = transposed(Arrays.copyOfRange(ofR.values(), d * size, (d + 1) * size), width, hidden);
        }
        Optional<float[]> b = use.bias()
                .map(value -> Tensor.of(constants.apply(value).decode()).values());
        this.addedToW = added(b.orElse(null), 0);
        this.addedToR = added(b.orElse(null), 1);
    }

    private float[] added(float @Nullable [] b, int half) {
        float[] added = new float[directions * width];
        for (int d = 0; d < directions && b != null; d++) {
            System.arraycopy(b, (2 * d + half) * width, added, d * width, width);
        }
        return added;
    }

    private static float[] transposed(float[] matrix, int rows, int columns) {
        float[] result = new float[matrix.length];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                result[j * rows + i] = matrix[i * columns + j];
            }
        }
        return result;
    }

    /// What the gates sum up on some samples.
    ///
    /// @param x what is read: positions, samples, inputs
    /// @param y what is given: positions, directions, samples, hidden
    /// @param initial what was given before, directions, samples, hidden; null for zeros
    Sums sums(Tensor x, Tensor y, @Nullable Tensor initial) {
        return new Sums(x, y, initial);
    }

    /// Sums of the gates, for each place (position by position, in each sample by sample) all outputs of all
    /// directions.
    final class Sums {
        private final int positions;
        private final int samples;
        private final Tensor x;
        private final float[] read;
        private final float[] recurred;
        private final float[][] last;
        private final float[][] reset;

        private Sums(Tensor x, Tensor y, @Nullable Tensor initial) {
            this.x = x;
            this.positions = x.dim(0);
            this.samples = x.dim(1);
            int places = positions * samples;
            this.read = products.multiply(x.values(), w, places, inputs, directions * width);
            add(read, addedToW);
            this.recurred = new float[read.length];
            this.last = new float[directions][];
            this.reset = new float[directions][];
            for (int d = 0; d < directions; d++) {
                last[d] = last(y, initial, d);
                put(products.multiply(last[d], r[d], places, hidden, width), d, 0, width);
            }
            add(recurred, addedToR);
            if (isReset && !isLinear) {
                for (int d = 0; d < directions; d++) {
                    reset(d);
                }
            }
        }

        private void add(float[] sums, float[] added) {
            for (int i = 0; i < sums.length; i++) {
                sums[i] += added[i % added.length];
            }
        }

        private void put(float[] product, int direction, int from, int to) {
            for (int place = 0; place < product.length / width; place++) {
                int row = place * width;
                System.arraycopy(product, row + from, recurred, row * directions + direction * width + from, to - from);
            }
        }

        /// What the direction gave one position before.
        private float[] last(Tensor y, @Nullable Tensor initial, int d) {
            float[] all = new float[positions * samples * hidden];
            int size = samples * hidden;
            for (int t = 0; t < positions; t++) {
                int before = isBackward[d] ? t + 1 : t - 1;
                if (before >= 0 && before < positions) {
                    System.arraycopy(y.values(), (before * directions + d) * size, all, t * size, size);
                } else if (initial != null) {
                    System.arraycopy(initial.values(), d * size, all, t * size, size);
                }
            }
            return all;
        }

        /// The new gate's sum, of what was given last times the reset gate.
        private void reset(int d) {
            float[] product = new float[last[d].length];
            for (int i = 0; i < product.length; i++) {
                product[i] = last[d][i] * resetGate(i / hidden, d, i % hidden);
            }
            reset[d] = product;
            float[] sums = products.multiply(product, r[d], positions * samples, hidden, width);
            for (int i = 0; i < sums.length; i++) {
                sums[i] += addedToR[d * width + i % width];
            }
            put(sums, d, NEW * hidden, width);
        }

        private float resetGate(int place, int d, int unit) {
            int at = at(place, d, RESET * hidden + unit);
            return (float) (1 / (1 + Math.exp(-read[at] - recurred[at])));
        }

        private int at(int place, int direction, int output) {
            return (place * directions + direction) * width + output;
        }

        int positions() {
            return positions;
        }

        int samples() {
            return samples;
        }

        /// What W should give so that the gates are right: what it gives in the dense model, which these are the sums
        /// of, and what the pruned model's R adds too little.
        Tensor meantOfW(Sums pruned) {
            float[] meant = new float[read.length];
            for (int i = 0; i < meant.length; i++) {
                meant[i] = read[i] + added(i) - pruned.added(i);
            }
            return tensor(meant);
        }

        /// What R should give: the same the other way round. What is multiplied by a reset gate first is not made up
        /// for:
        /// no R could.
        Tensor meantOfR(Sums pruned) {
            float[] meant = new float[read.length];
            for (int i = 0; i < meant.length; i++) {
                meant[i] = isScaled(i) ? recurred[i] : recurred[i] + read[i] - pruned.read[i];
            }
            return tensor(meant);
        }

        private boolean isScaled(int i) {
            return isReset && isLinear && i % width >= NEW * hidden;
        }

        private float added(int i) {
            if (!isScaled(i)) {
                return recurred[i];
            }
            int output = i % width;
            int row = i / width;
            return recurred[i] * resetGate(row / directions, row % directions, output - NEW * hidden);
        }

        private Tensor tensor(float[] values) {
            return new Tensor(new long[] {positions, samples, (long) directions * width}, values);
        }

        /// Copies what a group of R's outputs multiplies.
        void copyLast(int group, int place, float[] to, int at) {
            boolean isSplit = isReset && !isLinear;
            int d = isSplit ? group / 2 : group;
            float[] from = isSplit && group % 2 == 1 ? reset[d] : last[d];
            System.arraycopy(from, place * hidden, to, at, hidden);
        }

        /// Copies what W multiplies.
        void copyRead(int place, float[] to, int at) {
            System.arraycopy(x.values(), place * inputs, to, at, inputs);
        }

        /// The sums before the activations.
        ///
        /// @return for each place all outputs of all directions
        float[] all() {
            float[] all = new float[read.length];
            for (int i = 0; i < all.length; i++) {
                all[i] = read[i] + added(i);
            }
            return all;
        }
    }
}
