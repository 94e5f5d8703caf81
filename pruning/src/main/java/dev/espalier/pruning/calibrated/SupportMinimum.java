package dev.espalier.pruning.calibrated;

import java.util.Arrays;

/// Where the quadratic `w H w' - 2 g w'` of one output is least on some of its weights S, and what every weight is
/// worth
/// there; follows S, one weight at a time.
///
/// With A = `[H_SS]^-1`, `w = g_S A`. Beside these there are kept, for every input q, the slope `r_q = g_q - w H_Sq`
/// and
/// what the inputs in S do not explain of it, `s_q = H_qq - H_qS A H_Sq`. All change by terms of rank one when a weight
/// goes or comes.
final class SupportMinimum {
    /// An input has to have so much of its mean square that others do not explain.
    private static final double INDEPENDENT = 1e-9;
    /// Columns at a time, which stay in the nearest cache.
    private static final int TILE = 256;

    private final double[] h;
    private final int inputs;
    private final double[] slope;
    private final double[] own;
    /// As much of an input must be left unexplained.
    private final double[] least;
    private int count;
    private int[] support;
    /// A, its rows `support.length` apart.
    private double[] inverse;
    private double[] weights;

    /// @param h inputs x inputs
    /// @param g inputs
    /// @param support inputs, ascending
    SupportMinimum(double[] h, double[] g, int[] support) {
        this.h = h;
        this.inputs = g.length;
        this.slope = g.clone();
        this.own = new double[inputs];
        this.least = new double[inputs];
        for (int j = 0; j < inputs; j++) {
            least[j] = Math.max(INDEPENDENT * h[j * inputs + j], Double.MIN_NORMAL);
        }
        this.count = support.length;
        this.support = Arrays.copyOf(support, count + 1);
        this.weights = new double[count + 1];
        double[] inverseFactor = inverseOf(factor());
        this.inverse = squared(inverseFactor);
        explain(inverseFactor, g);
    }

    /// Cholesky's lower factor of H_SS.
    private double[] factor() {
        double[] lower = new double[count * count];
        for (int i = 0; i < count; i++) {
            for (int j = 0; j <= i; j++) {
                double sum = h[support[i] * inputs + support[j]];
                for (int k = 0; k < j; k++) {
                    sum -= lower[i * count + k] * lower[j * count + k];
                }
                if (i == j) {
                    lower[i * count + i] = Math.sqrt(Math.max(sum, least[support[i]]));
                } else {
                    lower[i * count + j] = sum / lower[j * count + j];
                }
            }
        }
        return lower;
    }

    private double[] inverseOf(double[] lower) {
        double[] result = new double[count * count];
        for (int i = 0; i < count; i++) {
            double root = lower[i * count + i];
            for (int k = 0; k < i; k++) {
                double factor = lower[i * count + k] / root;
                for (int j = 0; j <= k; j++) {
                    result[i * count + j] -= factor * result[k * count + j];
                }
            }
            result[i * count + i] = 1 / root;
        }
        return result;
    }

    /// M'M of a lower M.
    private double[] squared(double[] m) {
        int stride = support.length;
        double[] result = new double[stride * stride];
        for (int i = 0; i < count; i++) {
            for (int j = 0; j <= i; j++) {
                double factor = m[i * count + j];
                for (int k = 0; k <= i; k++) {
                    result[j * stride + k] += factor * m[i * count + k];
                }
            }
        }
        return result;
    }

    /// Weights, slopes, and what S does not explain.
    ///
    /// @param m the inverse of the factor
    private void explain(double[] m, double[] g) {
        double[] y = new double[count];
        for (int i = 0; i < count; i++) {
            for (int k = 0; k <= i; k++) {
                y[i] += m[i * count + k] * g[support[k]];
            }
            for (int k = 0; k <= i; k++) {
                weights[k] += m[i * count + k] * y[i];
            }
        }
        double[] solved = new double[TILE];
        for (int from = 0; from < inputs; from += TILE) {
            int width = Math.min(TILE, inputs - from);
            for (int j = 0; j < width; j++) {
                own[from + j] = h[(from + j) * inputs + from + j];
            }
            for (int i = 0; i < count; i++) {
                Arrays.fill(solved, 0);
                for (int k = 0; k <= i; k++) {
                    add(solved, width, m[i * count + k], support[k] * inputs + from);
                }
                for (int j = 0; j < width; j++) {
                    slope[from + j] -= solved[j] * y[i];
                    own[from + j] -= solved[j] * solved[j];
                }
            }
        }
    }

    private void add(double[] sum, int width, double factor, int from) {
        for (int j = 0; j < width; j++) {
            sum[j] += factor * h[from + j];
        }
    }

    /// How many weights there are in S.
    int count() {
        return count;
    }

    /// Which input is at a place in S.
    int input(int place) {
        return support[place];
    }

    /// Of A.
    private double diagonal(int place) {
        return inverse[place * support.length + place];
    }

    /// What it costs if a weight goes.
    double loss(int place) {
        return weights[place] * weights[place] / diagonal(place);
    }

    /// What is gained if a weight comes, for each input, also for those whose weights are there.
    double[] gains() {
        double[] gains = new double[inputs];
        for (int j = 0; j < inputs; j++) {
            gains[j] = gain(slope[j], own[j], least[j]);
        }
        return gains;
    }

    /// The same after one has gone.
    double[] gainsWithout(int place) {
        double[] gains = image(place);
        double step = weights[place] / diagonal(place);
        double share = 1 / diagonal(place);
        for (int j = 0; j < inputs; j++) {
            double image = gains[j];
            gains[j] = gain(slope[j] + step * image, own[j] + image * image * share, least[j]);
        }
        return gains;
    }

    /// None of an input that the others explain.
    private static double gain(double slope, double own, double least) {
        return own > least ? slope * slope / own : 0;
    }

    /// A row of A H_S.
    private double[] image(int place) {
        return combined(inverse, place * support.length);
    }

    private double[] combined(double[] factors, int from) {
        double[] sum = new double[inputs];
        for (int tile = 0; tile < inputs; tile += TILE) {
            int to = Math.min(inputs, tile + TILE);
            for (int i = 0; i < count; i++) {
                double factor = factors[from + i];
                for (int j = tile, at = support[i] * inputs + tile; j < to; j++, at++) {
                    sum[j] += factor * h[at];
                }
            }
        }
        return sum;
    }

    /// Takes an input out of S.
    void remove(int input) {
        int place = 0;
        while (support[place] != input) {
            place++;
        }
        double[] image = image(place);
        double diagonal = diagonal(place);
        double step = weights[place] / diagonal;
        for (int j = 0; j < inputs; j++) {
            slope[j] += step * image[j];
            own[j] += image[j] * image[j] / diagonal;
        }
        int stride = support.length;
        double[] row = Arrays.copyOfRange(inverse, place * stride, place * stride + count);
        for (int i = 0; i < count; i++) {
            weights[i] -= step * row[i];
            addToRow(i, -row[i] / diagonal, row);
        }
        count--;
        moveLast(place);
    }

    private void addToRow(int i, double factor, double[] row) {
        for (int k = 0, at = i * support.length; k < row.length; k++, at++) {
            inverse[at] += factor * row[k];
        }
    }

    /// What was last in S comes to a place that is free.
    private void moveLast(int place) {
        int stride = support.length;
        support[place] = support[count];
        weights[place] = weights[count];
        for (int i = 0; i <= count; i++) {
            inverse[i * stride + place] = inverse[i * stride + count];
        }
        System.arraycopy(inverse, count * stride, inverse, place * stride, count);
    }

    /// Adds an input to S.
    void add(int input) {
        if (count == support.length) {
            widen();
        }
        int stride = support.length;
        double[] explained = new double[count];
        for (int i = 0; i < count; i++) {
            for (int k = 0, at = i * stride; k < count; k++, at++) {
                explained[i] += inverse[at] * h[input * inputs + support[k]];
            }
        }
        double left = own[input];
        double weight = slope[input] / left;
        double[] others = combined(explained, 0);
        for (int j = 0; j < inputs; j++) {
            double rest = h[input * inputs + j] - others[j];
            slope[j] -= weight * rest;
            own[j] -= rest * rest / left;
        }
        for (int i = 0; i < count; i++) {
            weights[i] -= weight * explained[i];
            addToRow(i, explained[i] / left, explained);
            inverse[i * stride + count] = -explained[i] / left;
            inverse[count * stride + i] = -explained[i] / left;
        }
        inverse[count * stride + count] = 1 / left;
        support[count] = input;
        weights[count] = weight;
        count++;
    }

    private void widen() {
        int stride = support.length;
        int wider = stride + Math.max(4, stride / 8);
        double[] result = new double[wider * wider];
        for (int i = 0; i < count; i++) {
            System.arraycopy(inverse, i * stride, result, i * wider, count);
        }
        inverse = result;
        support = Arrays.copyOf(support, wider);
        weights = Arrays.copyOf(weights, wider);
    }
}
