package dev.espalier.pruning.calibrated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class InverseTest {
    private final Products products = new PlainProducts();

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 63, 64, 65, 131, 270})
    void timesTheMatrixIsOne(int n) {
        requireInverse(moments(n, 2 * n), n, 1e-9);
    }

    /// Most inputs follow a few that are hundreds of times the others, as in text models: of seven digits nothing is
    /// left.
    @Test
    void isExactWhereInputsHardlyDiffer() {
        int n = 300;
        Random random = new Random(1);
        double[] factors = random.doubles(3L * n).toArray();
        double[] a = new double[n * n];
        for (int i = 0; i < a.length; i++) {
            for (int factor = 0; factor < 3; factor++) {
                a[i] += 100 * factors[factor * n + i / n] * factors[factor * n + i % n];
            }
            a[i] += i / n == i % n ? 0.1 : 0;
        }
        requireInverse(a, n, 1e-6);
    }

    private void requireInverse(double[] a, int n, double tolerance) {
        double[] one = products.multiply(a, Inverse.of(a, n, products), n, n, n);
        for (int i = 0; i < n * n; i++) {
            assertThat(one[i]).isCloseTo(i / n == i % n ? 1 : 0, Offset.offset(tolerance));
        }
    }

    @Test
    void refusesWhatIsNotPositiveDefinite() {
        double[] a = moments(80, 160);
        a[70 * 80 + 70] = -1;
        assertThatThrownBy(() -> Inverse.of(a, 80, products)).isInstanceOf(NotPositiveDefiniteException.class);
    }

    private static double[] moments(int n, int rows) {
        Random random = new Random(n);
        double[] x = random.doubles((long) rows * n, -1, 1).toArray();
        double[] h = new double[n * n];
        for (int i = 0; i < h.length; i++) {
            for (int row = 0; row < rows; row++) {
                h[i] += x[row * n + i / n] * x[row * n + i % n] / rows;
            }
        }
        return h;
    }
}
