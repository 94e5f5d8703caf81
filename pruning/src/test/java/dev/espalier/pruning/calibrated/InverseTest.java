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
    @ValueSource(ints = {1, 2, 63, 64, 65, 131})
    void timesTheMatrixIsOne(int n) {
        float[] a = moments(n, 2 * n);
        float[] one = products.multiply(a, Inverse.of(a, n, products), n, n, n);
        for (int i = 0; i < n * n; i++) {
            assertThat((double) one[i]).isCloseTo(i / n == i % n ? 1 : 0, Offset.offset(1e-4));
        }
    }

    @Test
    void refusesWhatIsNotPositiveDefinite() {
        float[] a = moments(80, 160);
        a[70 * 80 + 70] = -1;
        assertThatThrownBy(() -> Inverse.of(a, 80, products)).isInstanceOf(NotPositiveDefiniteException.class);
    }

    private float[] moments(int n, int rows) {
        Random random = new Random(n);
        float[] x = new float[rows * n];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextGaussian();
        }
        float[] h = products.multiplyTransposed(x, x, n, rows, n);
        for (int i = 0; i < h.length; i++) {
            h[i] /= rows;
        }
        return h;
    }
}
