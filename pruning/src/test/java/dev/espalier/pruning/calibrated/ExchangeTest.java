package dev.espalier.pruning.calibrated;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.sparse.Unstructured;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ExchangeTest {
    private static final double LAMBDA = 1e-2;
    private static final int OUTPUTS = 4;
    private static final int INPUTS = 10;
    private static final int STAY = 14;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void noExchangeOfTwoIsBetterThanWhatItEndsWith(long seed) {
        TinyLayer layer = TinyLayer.of(OUTPUTS, INPUTS, seed);
        boolean[] before = some(seed);
        boolean[] after = exchanged(layer, before);
        assertThat(count(after)).isEqualTo(STAY);
        double reached = least(layer, after);
        assertThat(reached).isLessThan(least(layer, before));
        double best = reached;
        for (int out = 0; out < after.length; out++) {
            for (int in = 0; in < after.length; in++) {
                if (after[out] && !after[in]) {
                    boolean[] other = after.clone();
                    other[out] = false;
                    other[in] = true;
                    best = Math.min(best, least(layer, other));
                }
            }
        }
        // It ends when little is left to gain.
        assertThat(best).isGreaterThan(reached - 0.02 * Math.abs(reached - least(layer, before)));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void bringsBackNothingThatWasZero(long seed) {
        TinyLayer layer = TinyLayer.of(OUTPUTS, INPUTS, seed);
        for (int row = 0; row < OUTPUTS; row++) {
            layer.dense()[row * (INPUTS + 1) + 3] = 0;
        }
        boolean[] before = some(seed);
        for (int row = 0; row < OUTPUTS; row++) {
            before[row * INPUTS + 3] = false;
        }
        boolean[] after = exchanged(layer, before);
        assertThat(IntStream.range(0, OUTPUTS).filter(row -> after[row * INPUTS + 3]))
                .isEmpty();
        assertThat(count(after)).isEqualTo(count(before));
    }

    private static boolean[] exchanged(TinyLayer layer, boolean[] before) {
        return Exchange.of(layer.problem(new Unstructured(), (long) OUTPUTS * INPUTS - STAY), before, LAMBDA, 1e9);
    }

    private static boolean[] some(long seed) {
        Random random = new Random(seed);
        boolean[] some = new boolean[OUTPUTS * INPUTS];
        for (int left = STAY; left > 0; ) {
            int i = random.nextInt(some.length);
            left -= some[i] ? 0 : 1;
            some[i] = true;
        }
        return some;
    }

    private static int count(boolean[] kept) {
        return (int) IntStream.range(0, kept.length).filter(i -> kept[i]).count();
    }

    private static double least(TinyLayer layer, boolean[] kept) {
        return IntStream.range(0, OUTPUTS)
                .mapToDouble(row -> layer.least(
                        row,
                        IntStream.rangeClosed(0, INPUTS)
                                .filter(j -> j == INPUTS || kept[row * INPUTS + j])
                                .toArray(),
                        LAMBDA))
                .sum();
    }
}
