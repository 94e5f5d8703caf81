package dev.espalier.pruning.calibrated;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LargestTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 250, 999, 1000})
    void keepsTheLargestToAnExactCount(int zeros) {
        Random random = new Random(zeros);
        float[] saliency = new float[1000];
        for (int i = 0; i < saliency.length; i++) {
            // Many are equal.
            saliency[i] = random.nextInt(40) / 8f;
        }
        double[] dense = new double[saliency.length];
        Arrays.fill(dense, 1);
        boolean[] kept = Largest.of(saliency, dense, zeros);
        Integer[] order = IntStream.range(0, saliency.length).boxed().toArray(Integer[]::new);
        Arrays.sort(order, (i, j) -> Float.compare(saliency[i], saliency[j]));
        for (int rank = 0; rank < order.length; rank++) {
            assertThat(kept[order[rank]]).isEqualTo(rank >= zeros);
        }
    }

    @Test
    void neverKeepsWhatIsZeroAlready() {
        boolean[] kept = Largest.of(new float[] {9, 1, 2, 3}, new double[] {0, 1, 1, 0}, 1);
        assertThat(kept).containsExactly(false, true, true, false);
        assertThat(Largest.of(new float[] {0, 0, 0, 0}, new double[] {0, 1, 1, 0}, 3))
                .containsExactly(false, false, true, false);
    }
}
