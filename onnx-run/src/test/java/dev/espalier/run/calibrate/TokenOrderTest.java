package dev.espalier.run.calibrate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TokenOrderTest {
    private static final int BATCH = 4;
    private static final int WINDOW = 16 * BATCH;

    private final int[] lengths =
            new Random(1).ints(1000, 3, 40).map(length -> length * 7).toArray();

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4, 63, 64, 65, 200, 999})
    void movesSamplesWithinAWindowOnly(int count) {
        int[] samples = IntStream.range(0, count).map(i -> (i * 7 + 5) % 1000).toArray();
        int[] sorted = sorted(samples);
        for (int from = 0; from < count; from += WINDOW) {
            int to = Math.min(count, from + WINDOW);
            assertThat(Arrays.copyOfRange(sorted, from, to))
                    .containsExactlyInAnyOrder(Arrays.copyOfRange(samples, from, to));
        }
    }

    private int[] sorted(int[] samples) {
        return TokenOrder.sorted(samples, sample -> lengths[sample], BATCH);
    }

    @Test
    void leavesFewPositionsEmpty() {
        int[] samples = IntStream.range(0, 10 * WINDOW).toArray();
        double tokens = Arrays.stream(lengths).limit(samples.length).average().orElseThrow();
        assertThat(computed(sorted(samples))).isLessThan(1.15 * tokens);
        assertThat(computed(samples)).isGreaterThan(1.4 * tokens);
    }

    /// Positions of a sample on the mean, when each batch is as long as its longest sample.
    private double computed(int[] samples) {
        return IntStream.range(0, samples.length / BATCH)
                .map(batch -> Arrays.stream(samples, batch * BATCH, (batch + 1) * BATCH)
                        .map(sample -> lengths[sample])
                        .max()
                        .orElseThrow())
                .average()
                .orElseThrow();
    }

    @Test
    void lastBatchesAreOfEveryLength() {
        int[] sorted = sorted(IntStream.range(0, WINDOW).toArray());
        int[] byLength =
                IntStream.range(0, WINDOW).map(i -> lengths[i]).sorted().toArray();
        int last = WINDOW - 4 * BATCH;
        assertThat(Arrays.stream(sorted, last, WINDOW).map(sample -> lengths[sample]))
                .anyMatch(length -> length <= byLength[WINDOW / 4])
                .anyMatch(length -> length >= byLength[WINDOW * 3 / 4]);
    }
}
