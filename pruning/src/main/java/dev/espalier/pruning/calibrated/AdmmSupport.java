package dev.espalier.pruning.calibrated;

import java.util.List;
import java.util.stream.IntStream;

/// Chooses which weights of a layer stay by the alternating direction method of multipliers (ALPS: Meng et al. 2024,
/// arXiv 2406.07831): one copy of the weights minimises the quadratic, the other has the pattern, and a growing penalty
/// pulls them together. On inputs scaled to a mean square of one, where a weight's size is its part in the output.
///
/// B = (G - V + rho D) (H + rho I)⁻¹, D = the projection of X = B + V / rho, V += rho (B - D). What of X stays is D,
/// and
/// V is 0 there; what does not is V / rho: so that X and the support are all there is to keep. The penalty grows in few
/// steps, so that an inverse for each is cheaper than the paper's eigendecomposition, and several supports are found at
/// once, one above the other.
final class AdmmSupport {
    /// Steps where the best support is looked for.
    static final int MANY = 90;
    /// Steps where a good one is enough.
    static final int FEW = 27;

    private static final double FIRST_RHO = 0.1;
    /// Of the penalty over all steps; it grows every few steps, the fewer the cheaper an inverse is.
    private static final double GROWTH = 1000;

    private static final int OFTEN = 3;
    private static final int SELDOM = 9;
    private static final int WIDE = 700;

    /// A support.
    static final class Found {
        private final boolean[] kept;
        private final float[] weights;

        private Found(boolean[] kept, float[] weights) {
            this.kept = kept;
            this.weights = weights;
        }

        /// What stays, outputs x inputs without the bias.
        boolean[] kept() {
            return kept;
        }

        /// Nearly the best weights on it, outputs x inputs.
        float[] weights() {
            return weights;
        }
    }

    private final int inputs;
    private final int outputs;
    private final int weightInputs;
    private final Products products;
    private final float[] scale;
    private final double[] rowScale;
    private final float[] h;
    private final float[] g;
    private final float[] start;

    private AdmmSupport(LayerProblem problem, Quadratic quadratic, Products products) {
        this.inputs = quadratic.inputs();
        this.outputs = quadratic.outputs();
        this.weightInputs = problem.weightInputs();
        this.products = products;
        this.scale = new float[inputs];
        this.rowScale = problem.rowScale();
        for (int j = 0; j < inputs; j++) {
            double diagonal = quadratic.h()[j * inputs + j];
            scale[j] = diagonal > 0 ? (float) (1 / Math.sqrt(diagonal)) : 1;
        }
        this.h = quadratic.h().clone();
        this.g = new float[outputs * inputs];
        this.start = new float[outputs * inputs];
        rows(inputs).forEach(i -> {
            for (int j = 0; j < inputs; j++) {
                h[i * inputs + j] *= scale[i] * scale[j];
            }
        });
        rows(outputs).forEach(row -> {
            float factor = (float) rowScale[row];
            for (int j = 0; j < inputs; j++) {
                int i = row * inputs + j;
                g[i] = quadratic.g()[i] * scale[j] * factor;
                start[i] = (float) problem.dense()[i] / scale[j] * factor;
            }
        });
    }

    private static IntStream rows(int count) {
        return IntStream.range(0, count).parallel();
    }

    /// @param projections the patterns to find a support for
    /// @param steps how many
    /// @return one for each
    /// @throws NotPositiveDefiniteException if the ridge is too small
    static List<Found> of(
            LayerProblem problem, Quadratic quadratic, List<Projection> projections, int steps, Products products) {
        return new AdmmSupport(problem, quadratic, products).find(projections, steps);
    }

    private List<Found> find(List<Projection> projections, int steps) {
        int size = outputs * inputs;
        float[] x = new float[projections.size() * size];
        float[] b = new float[x.length];
        boolean[][] kept = new boolean[projections.size()][];
        for (int p = 0; p < kept.length; p++) {
            System.arraycopy(start, 0, x, p * size, size);
            kept[p] = projections.get(p).keep(saliency(x, p));
        }
        double rho = FIRST_RHO;
        int between = inputs > WIDE ? SELDOM : OFTEN;
        double growth = Math.pow(GROWTH, (double) between / steps);
        for (int step = 0; step < steps; ) {
            try (Products.Right inverse = products.right(inverse(rho), inputs, inputs)) {
                for (int i = 0; i < between && step < steps; i++, step++) {
                    double before = i == 0 && step > 0 ? rho / growth : rho;
                    for (int p = 0; p < kept.length; p++) {
                        right(x, kept[p], p, step == 0 ? 0 : before, rho, b);
                    }
                    inverse.times(b, kept.length * outputs, b);
                    for (int p = 0; p < kept.length; p++) {
                        add(b, kept[p], p, step == 0 ? 0 : before / rho, x);
                        kept[p] = projections.get(p).keep(saliency(x, p));
                    }
                }
            }
            rho *= growth;
        }
        return IntStream.range(0, kept.length)
                .mapToObj(p -> new Found(kept[p], unscaled(x, kept[p], p)))
                .toList();
    }

    /// D as weights.
    private float[] unscaled(float[] x, boolean[] kept, int p) {
        float[] weights = new float[outputs * inputs];
        rows(outputs).forEach(row -> {
            for (int j = 0; j < inputs; j++) {
                boolean stays = j >= weightInputs || kept[row * weightInputs + j];
                float value = x[(p * outputs + row) * inputs + j] * scale[j];
                weights[row * inputs + j] = stays && rowScale[row] != 0 ? value / (float) rowScale[row] : 0;
            }
        });
        return weights;
    }

    private float[] inverse(double rho) {
        float[] shifted = h.clone();
        for (int j = 0; j < inputs; j++) {
            shifted[j * inputs + j] += (float) rho;
        }
        return Inverse.of(shifted, inputs, products);
    }

    /// G - V + rho D.
    ///
    /// @param before the penalty that V is of
    private void right(float[] x, boolean[] kept, int p, double before, double rho, float[] b) {
        rows(outputs).forEach(row -> {
            int at = (p * outputs + row) * inputs;
            for (int j = 0; j < inputs; j++) {
                boolean stays = j >= weightInputs || kept[row * weightInputs + j];
                b[at + j] = g[row * inputs + j] + x[at + j] * (float) (stays ? rho : -before);
            }
        });
    }

    /// B + V / rho.
    private void add(float[] b, boolean[] kept, int p, double share, float[] x) {
        rows(outputs).forEach(row -> {
            int at = (p * outputs + row) * inputs;
            for (int j = 0; j < inputs; j++) {
                boolean stays = j >= weightInputs || kept[row * weightInputs + j];
                x[at + j] = stays ? b[at + j] : b[at + j] + (float) share * x[at + j];
            }
        });
    }

    private float[] saliency(float[] x, int p) {
        float[] saliency = new float[outputs * weightInputs];
        rows(outputs).forEach(row -> {
            int at = (p * outputs + row) * inputs;
            for (int j = 0; j < weightInputs; j++) {
                saliency[row * weightInputs + j] = Math.abs(x[at + j]);
            }
        });
        return saliency;
    }
}
