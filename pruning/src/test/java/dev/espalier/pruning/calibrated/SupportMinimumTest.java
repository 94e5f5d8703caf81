package dev.espalier.pruning.calibrated;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SupportMinimumTest {
    private static final int INPUTS = 300;
    private static final Offset<Double> EXACT = Offset.offset(1e-9);

    private final Random random = new Random(1);
    private final double[] h = moments(random);
    private final double[] g = random.doubles(INPUTS, -1, 1).toArray();

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 20})
    void isTheSameHoweverItCameToItsSupport(int first) {
        SupportMinimum followed =
                new SupportMinimum(h, g, IntStream.range(0, first).toArray());
        for (int input = 40; input < 80; input++) {
            followed.add(input);
        }
        for (int input = 41; input < 80; input += 2) {
            followed.remove(input);
        }
        int[] support = IntStream.concat(
                        IntStream.range(0, first), IntStream.range(20, 40).map(i -> 2 * i))
                .toArray();
        SupportMinimum fresh = new SupportMinimum(h, g, support);
        assertThat(followed.gains()).containsExactly(fresh.gains(), EXACT);
        assertThat(followed.count()).isEqualTo(support.length);
        int[] places = IntStream.range(0, support.length).map(followed::input).toArray();
        for (int place = 0; place < support.length; place++) {
            int there = Arrays.stream(support).boxed().toList().indexOf(places[place]);
            assertThat(followed.loss(place)).isCloseTo(fresh.loss(there), EXACT);
        }
    }

    @Test
    void knowsWhatIsGainedAfterOneHasGone() {
        int[] support = {3, 7, 250, 299};
        SupportMinimum minimum = new SupportMinimum(h, g, support);
        SupportMinimum without = new SupportMinimum(h, g, new int[] {3, 7, 299});
        assertThat(minimum.gainsWithout(2)).containsExactly(without.gains(), EXACT);
    }

    private static double[] moments(Random random) {
        double[] x = random.doubles(2L * INPUTS * INPUTS, -1, 1).toArray();
        double[] h = new double[INPUTS * INPUTS];
        for (int i = 0; i < h.length; i++) {
            for (int row = 0; row < 2 * INPUTS; row++) {
                h[i] += x[row * INPUTS + i / INPUTS] * x[row * INPUTS + i % INPUTS] / (2 * INPUTS);
            }
        }
        return h;
    }
}
