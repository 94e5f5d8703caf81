package dev.espalier.pruning.calibrated;

import java.util.Arrays;

/// The best weights of some outputs, out of which inputs are taken one after the other while all others are
/// fitted anew: the optimal brain surgeon (Hassibi and Stork 1992; OBC: Frantar and Alistarh 2022, arXiv
/// 2208.11580).
///
/// At the minimum of the quadratic, without the inputs p: `loss = tr(W_p [H^-1]_pp^-1 W_p')`,
/// `W -= W_p [H^-1]_pp^-1 [H^-1]_p`, `H^-1 -= [H^-1]'_p [H^-1]_pp^-1 [H^-1]_p`. Several inputs go one by one,
/// which is the same.
final class Elimination {
    private final int inputs;
    private final double[] inverse;
    private final double[][] weights;
    private final boolean[] isGone;

    /// @param minimum where the elimination begins
    /// @param rows which outputs
    /// @param rowScale by how much an error of each output counts
    Elimination(Minimum minimum, int[] rows, double[] rowScale) {
        this.inverse = minimum.inverse().clone();
        this.inputs = minimum.inputs();
        this.weights = new double[rows.length][inputs];
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < inputs; j++) {
                weights[i][j] = minimum.weights()[rows[i] * inputs + j] * rowScale[rows[i]];
            }
        }
        this.isGone = new boolean[inputs];
    }

    /// By how much the quadratic grows when these inputs go.
    ///
    /// @param columns inputs that have not gone
    double loss(int[] columns) {
        if (columns.length == 1) {
            int p = columns[0];
            double sum = 0;
            for (double[] row : weights) {
                sum += row[p] * row[p];
            }
            return sum / diagonal(p);
        }
        double[][] lower = cholesky(columns);
        double sum = 0;
        for (double[] row : weights) {
            // |L^-1 w|^2 = w' (L L')^-1 w
            double[] solved = new double[columns.length];
            for (int i = 0; i < solved.length; i++) {
                double value = row[columns[i]];
                for (int j = 0; j < i; j++) {
                    value -= lower[i][j] * solved[j];
                }
                solved[i] = value / lower[i][i];
                sum += solved[i] * solved[i];
            }
        }
        return sum;
    }

    private double[][] cholesky(int[] columns) {
        double[][] lower = new double[columns.length][columns.length];
        for (int i = 0; i < columns.length; i++) {
            for (int j = 0; j <= i; j++) {
                double sum = inverse[columns[i] * inputs + columns[j]];
                for (int k = 0; k < j; k++) {
                    sum -= lower[i][k] * lower[j][k];
                }
                lower[i][j] = i == j ? Math.sqrt(Math.max(sum, Double.MIN_NORMAL)) : sum / lower[j][j];
            }
        }
        return lower;
    }

    private double diagonal(int p) {
        return Math.max(inverse[p * inputs + p], Double.MIN_NORMAL);
    }

    /// Takes inputs out.
    void remove(int[] columns) {
        for (int p : columns) {
            remove(p);
        }
    }

    private void remove(int p) {
        double[] row = Arrays.copyOfRange(inverse, p * inputs, (p + 1) * inputs);
        double diagonal = diagonal(p);
        for (double[] w : weights) {
            subtract(w, 0, w[p] / diagonal, row);
            w[p] = 0;
        }
        isGone[p] = true;
        for (int i = 0; i < inputs; i++) {
            if (!isGone[i] && row[i] != 0) {
                subtract(inverse, i * inputs, row[i] / diagonal, row);
            }
        }
    }

    private void subtract(double[] from, int at, double factor, double[] row) {
        for (int j = 0; j < inputs; j++) {
            from[at + j] -= factor * row[j];
        }
    }
}
