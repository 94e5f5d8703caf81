package dev.espalier.pruning.calibrated;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;

/// Chooses which weights of a layer stay by the alternating direction method of multipliers (ALPS: Meng et al. 2024,
/// arXiv 2406.07831): one copy of the weights minimises the quadratic, the other has the pattern, and a growing penalty
/// pulls them together. On inputs scaled to a mean square of one, where a weight's size is its part in the output.
///
/// With H = Q diag(e) Q': B = (G - V + rho D) Q diag(1 / (e + rho)) Q', D = the projection of B + V / rho,
/// V += rho (B - D).
final class AdmmSupport {
    private static final int MOST_STEPS = 120;
    /// The penalty grows every so many steps, by how much of the support has changed since.
    private static final int STEPS_BETWEEN = 3;

    private static final double FIRST_RHO = 0.1;
    private static final double MUCH = 0.1;
    private static final double LITTLE = 0.005;

    private final int inputs;
    private final int outputs;
    private final int weightInputs;
    private final Projection projection;
    private final Products products;
    private final double[] scale;
    private final float[] g;
    private final float[] q;
    private final float[] transposedQ;
    private final double[] e;

    private AdmmSupport(
            Quadratic quadratic, double[] rowScale, int weightInputs, Projection projection, Products products) {
        this.inputs = quadratic.inputs();
        this.outputs = quadratic.outputs();
        this.weightInputs = weightInputs;
        this.projection = projection;
        this.products = products;
        this.scale = new double[inputs];
        for (int j = 0; j < inputs; j++) {
            double diagonal = quadratic.h()[j * inputs + j];
            scale[j] = diagonal > 0 ? 1 / Math.sqrt(diagonal) : 1;
        }
        this.g = new float[outputs * inputs];
        for (int i = 0; i < g.length; i++) {
            g[i] = (float) (quadratic.g()[i] * scale[i % inputs] * rowScale[i / inputs]);
        }
        this.q = new float[inputs * inputs];
        this.transposedQ = new float[inputs * inputs];
        this.e = new double[inputs];
        decompose(quadratic.h());
    }

    /// @param dense the dense weights, outputs x inputs
    /// @param rowScale by how much an error of each output counts, one for each
    /// @param weightInputs how many of the inputs are not the bias, which always stays
    /// @return what stays, outputs x weightInputs
    static boolean[] of(
            Quadratic quadratic,
            double[] dense,
            double[] rowScale,
            int weightInputs,
            Projection projection,
            Products products) {
        return new AdmmSupport(quadratic, rowScale, weightInputs, projection, products).find(dense, rowScale);
    }

    private void decompose(double[] h) {
        DMatrixRMaj scaled = new DMatrixRMaj(inputs, inputs);
        for (int i = 0; i < inputs; i++) {
            for (int j = 0; j < inputs; j++) {
                scaled.unsafe_set(i, j, h[i * inputs + j] * scale[i] * scale[j]);
            }
        }
        EigenDecomposition_F64<DMatrixRMaj> eigen = DecompositionFactory_DDRM.eig(inputs, true, true);
        if (!eigen.decompose(scaled)) {
            throw new IllegalStateException("no eigenvalues of a symmetric matrix of " + inputs + " rows");
        }
        for (int k = 0; k < inputs; k++) {
            e[k] = Math.max(0, eigen.getEigenvalue(k).getReal());
            DMatrixRMaj vector = eigen.getEigenVector(k);
            for (int i = 0; i < inputs; i++) {
                q[i * inputs + k] = (float) vector.unsafe_get(i, 0);
                transposedQ[k * inputs + i] = q[i * inputs + k];
            }
        }
    }

    private boolean[] find(double[] dense, double[] rowScale) {
        float[] d = new float[g.length];
        for (int i = 0; i < d.length; i++) {
            d[i] = (float) (dense[i] / scale[i % inputs] * rowScale[i / inputs]);
        }
        float[] v = new float[g.length];
        double rho = FIRST_RHO;
        boolean[] kept = project(d, v, rho, d.clone());
        boolean[] before = kept;
        for (int step = 1; step <= MOST_STEPS; step++) {
            float[] b = minimum(d, v, rho);
            kept = project(b, v, rho, d);
            for (int i = 0; i < v.length; i++) {
                v[i] += (float) (rho * (b[i] - d[i]));
            }
            if (step % STEPS_BETWEEN == 0) {
                long changed = entered(before, kept);
                if (changed == 0 && step > MOST_STEPS / 2) {
                    break;
                }
                rho *= growth((double) changed / kept.length);
                before = kept;
            }
        }
        return kept;
    }

    /// How many stay that did not.
    private static long entered(boolean[] before, boolean[] kept) {
        long count = 0;
        for (int i = 0; i < kept.length; i++) {
            count += kept[i] && !before[i] ? 1 : 0;
        }
        return count;
    }

    private static double growth(double changed) {
        if (changed > MUCH) {
            return 1.3;
        }
        return changed > LITTLE ? 1.2 : 1.1;
    }

    /// B.
    private float[] minimum(float[] d, float[] v, double rho) {
        float[] right = new float[g.length];
        for (int i = 0; i < right.length; i++) {
            right[i] = (float) (g[i] - v[i] + rho * d[i]);
        }
        float[] rotated = products.multiply(right, q, outputs, inputs, inputs);
        for (int i = 0; i < rotated.length; i++) {
            rotated[i] /= (float) (e[i % inputs] + rho);
        }
        return products.multiply(rotated, transposedQ, outputs, inputs, inputs);
    }

    /// Puts the projection of B + V / rho into D.
    private boolean[] project(float[] b, float[] v, double rho, float[] d) {
        float[] saliency = new float[outputs * weightInputs];
        for (int row = 0; row < outputs; row++) {
            for (int j = 0; j < inputs; j++) {
                int i = row * inputs + j;
                d[i] = (float) (b[i] + v[i] / rho);
                if (j < weightInputs) {
                    saliency[row * weightInputs + j] = Math.abs(d[i]);
                }
            }
        }
        boolean[] kept = projection.keep(saliency);
        for (int row = 0; row < outputs; row++) {
            for (int j = 0; j < weightInputs; j++) {
                if (!kept[row * weightInputs + j]) {
                    d[row * inputs + j] = 0;
                }
            }
        }
        return kept;
    }
}
