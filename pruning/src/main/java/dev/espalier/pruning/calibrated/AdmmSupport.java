package dev.espalier.pruning.calibrated;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Chooses which weights of a layer stay by the alternating direction method of multipliers (ALPS: Meng et al. 2024,
/// arXiv 2406.07831): one copy of the weights minimises the quadratic, the other has the pattern, and a growing penalty
/// pulls them together. On inputs scaled to a mean square of one, where a weight's size is its part in the output.
///
/// B = (G - V + rho D) (H + rho I)⁻¹, D = the projection of X = B + V / rho, V += rho (B - D). What of X stays is D,
/// and V is 0 there; what does not is V / rho: so that X and the support are all there is to keep. The penalty grows in
/// few steps, so that an inverse for each is cheaper than the paper's eigendecomposition, and several supports are
/// found
/// at once, one above the other. Once a penalty changes nothing of them, larger ones do not either, and that is the
/// end.
final class AdmmSupport {
    /// Steps where the best support is looked for, at most; about a third of them change anything.
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
        private final List<float[]> weights;

        private Found(boolean[] kept, List<float[]> weights) {
            this.kept = kept;
            this.weights = weights;
        }

        /// Another support, on which weights that are new begin at zero.
        Found on(boolean[] other) {
            return new Found(other, weights);
        }

        /// What stays, outputs of the layer x inputs without the bias.
        boolean[] kept() {
            return kept;
        }

        /// Nearly the best weights on it of a group, outputs x inputs.
        float[] weights(int group) {
            return weights.get(group);
        }
    }

    private final int inputs;
    private final int outputs;
    private final int weightInputs;
    private final int firstWeight;
    private final Products products;
    private final float[] scale;
    private final double[] rowScale;
    private final float[] h;
    private final float[] g;
    /// One layer's worth for each projection, one above the other: X, and B.
    private final float[] x;
    private final float[] b;

    private AdmmSupport(GroupProblem problem, Quadratic quadratic, int projections, Products products) {
        this.inputs = quadratic.inputs();
        this.outputs = quadratic.outputs();
        this.weightInputs = problem.weightInputs();
        this.firstWeight = problem.firstWeight();
        this.products = products;
        this.scale = new float[inputs];
        this.rowScale = problem.rowScale();
        for (int j = 0; j < inputs; j++) {
            double diagonal = quadratic.h()[j * inputs + j];
            scale[j] = diagonal > 0 ? (float) (1 / Math.sqrt(diagonal)) : 1;
        }
        this.h = quadratic.h().clone();
        this.g = new float[outputs * inputs];
        this.x = new float[projections * outputs * inputs];
        this.b = new float[x.length];
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
                x[i] = (float) problem.dense()[i] / scale[j] * factor;
            }
        });
        for (int p = 1; p < projections; p++) {
            System.arraycopy(x, 0, x, p * outputs * inputs, outputs * inputs);
        }
    }

    private static IntStream rows(int count) {
        return IntStream.range(0, count).parallel();
    }

    /// @param lambda the ridge
    /// @param projections the patterns to find a support for
    /// @param steps how many
    /// @return one for each
    /// @throws NotPositiveDefiniteException if the ridge is too small
    static List<Found> of(
            LayerProblem problem, double lambda, List<Projection> projections, int steps, Products products) {
        List<AdmmSupport> groups = new ArrayList<>();
        for (GroupProblem group : problem.groups()) {
            Quadratic quadratic = Quadratic.of(group.all(), group.dense(), group.weightInputs(), lambda);
            groups.add(new AdmmSupport(group, quadratic, projections.size(), products));
        }
        return find(groups, projections, steps);
    }

    private static List<Found> find(List<AdmmSupport> groups, List<Projection> projections, int steps) {
        boolean[][] kept = new boolean[projections.size()][];
        project(groups, projections, kept);
        double rho = FIRST_RHO;
        int between = groups.getFirst().inputs > WIDE ? SELDOM : OFTEN;
        double growth = Math.pow(GROWTH, (double) between / steps);
        for (int step = 0; step < steps; step += between) {
            double before = step == 0 ? 0 : rho / growth;
            int count = Math.min(between, steps - step);
            boolean[][] last = kept.clone();
            List<Products.Right> inverses = new ArrayList<>();
            try {
                for (AdmmSupport group : groups) {
                    inverses.add(group.products.right(group.inverse(rho), group.inputs, group.inputs));
                }
                for (int i = 0; i < count; i++) {
                    for (int g = 0; g < inverses.size(); g++) {
                        groups.get(g).step(inverses.get(g), kept, i == 0 ? before : rho, rho);
                    }
                    project(groups, projections, kept);
                }
            } finally {
                inverses.forEach(Products.Right::close);
            }
            if (Arrays.deepEquals(last, kept)) {
                break;
            }
            rho *= growth;
        }
        return IntStream.range(0, kept.length)
                .mapToObj(p -> new Found(
                        kept[p],
                        groups.stream().map(group -> group.unscaled(kept[p], p)).toList()))
                .toList();
    }

    /// Which weights stay, by X of all groups.
    private static void project(List<AdmmSupport> groups, List<Projection> projections, boolean[][] kept) {
        int weights = groups.stream()
                .mapToInt(group -> group.outputs * group.weightInputs)
                .sum();
        for (int p = 0; p < kept.length; p++) {
            float[] saliency = new float[weights];
            for (AdmmSupport group : groups) {
                group.addSaliency(p, saliency);
            }
            kept[p] = projections.get(p).keep(saliency);
        }
    }

    /// @param before the penalty that V is of; 0 if there is none yet
    private void step(Products.Right inverse, boolean[][] kept, double before, double rho) {
        for (int p = 0; p < kept.length; p++) {
            right(kept[p], p, before, rho);
        }
        inverse.times(b, kept.length * outputs, b);
        for (int p = 0; p < kept.length; p++) {
            add(kept[p], p, before / rho);
        }
    }

    /// D as weights.
    private float[] unscaled(boolean[] kept, int p) {
        float[] weights = new float[outputs * inputs];
        rows(outputs).forEach(row -> {
            for (int j = 0; j < inputs; j++) {
                boolean stays = stays(kept, row, j);
                float value = x[(p * outputs + row) * inputs + j] * scale[j];
                weights[row * inputs + j] = stays && rowScale[row] != 0 ? value / (float) rowScale[row] : 0;
            }
        });
        return weights;
    }

    private float[] inverse(double rho) {
        double[] shifted = Numbers.widened(h);
        for (int j = 0; j < inputs; j++) {
            shifted[j * inputs + j] += rho;
        }
        return Numbers.narrowed(Inverse.of(shifted, inputs, products));
    }

    /// G - V + rho D.
    ///
    /// @param before the penalty that V is of
    private void right(boolean[] kept, int p, double before, double rho) {
        rows(outputs).forEach(row -> {
            int at = (p * outputs + row) * inputs;
            for (int j = 0; j < inputs; j++) {
                boolean stays = stays(kept, row, j);
                b[at + j] = g[row * inputs + j] + x[at + j] * (float) (stays ? rho : -before);
            }
        });
    }

    /// B + V / rho.
    private void add(boolean[] kept, int p, double share) {
        rows(outputs).forEach(row -> {
            int at = (p * outputs + row) * inputs;
            for (int j = 0; j < inputs; j++) {
                boolean stays = stays(kept, row, j);
                x[at + j] = stays ? b[at + j] : b[at + j] + (float) share * x[at + j];
            }
        });
    }

    private boolean stays(boolean[] kept, int row, int j) {
        return j >= weightInputs || kept[firstWeight + row * weightInputs + j];
    }

    private void addSaliency(int p, float[] saliency) {
        rows(outputs).forEach(row -> {
            int at = (p * outputs + row) * inputs;
            for (int j = 0; j < weightInputs; j++) {
                saliency[firstWeight + row * weightInputs + j] = Math.abs(x[at + j]);
            }
        });
    }
}
