package dev.espalier.run.latency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.run.ModelRunException;
import dev.espalier.run.latency.Speedup.Verdict;
import dev.espalier.run.stats.Bootstrap;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class TurnsTest {
    private static final Bootstrap BOOTSTRAP = new Bootstrap(500, 1);
    private static final int MILLISECOND = 1_000_000;

    /// Takes a known time, more or less, and says so without taking it.
    private static Turns.Runner taking(double milliseconds, double noise, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return runs -> {
            long[] nanos = new long[runs];
            Arrays.setAll(nanos, i -> (long) (MILLISECOND * milliseconds * (1 + noise * random.nextDouble(-1, 1))));
            return nanos;
        };
    }

    private static Speedup speedup(double first, double second, double noise) throws ModelRunException {
        Turns turns = Turns.take(
                List.of(taking(first, noise, 1), taking(second, noise, 2), taking(first, noise, 3)),
                0,
                7,
                (done, total, what) -> {},
                () -> false);
        assertThat(turns.rounds()).isGreaterThanOrEqualTo(Turns.FEWEST_ROUNDS);
        return Speedup.of(turns, 0, 1, 2, BOOTSTRAP);
    }

    @Test
    void tellsFasterFromSlower() throws ModelRunException {
        Speedup faster = speedup(6, 3, 0.05);
        assertThat(faster.verdict()).isEqualTo(Verdict.FASTER);
        assertThat(faster.median()).isBetween(1.9, 2.1);
        assertThat(faster.interval().low()).isLessThanOrEqualTo(faster.median());
        assertThat(faster.interval().high()).isGreaterThanOrEqualTo(faster.median());
        assertThat(speedup(3, 4, 0.05).verdict()).isEqualTo(Verdict.SLOWER);
    }

    @Test
    void seesNoDifferenceBelowAHundredthOrBelowTheNoise() throws ModelRunException {
        assertThat(speedup(5, 4.98, 0).verdict()).isEqualTo(Verdict.NO_MEASURABLE_DIFFERENCE);
        assertThat(speedup(5, 4.9, 0).verdict()).isEqualTo(Verdict.FASTER);
        assertThat(speedup(5, 4.9, 0.9).verdict()).isEqualTo(Verdict.NO_MEASURABLE_DIFFERENCE);
    }

    @Test
    void endsWhenItIsTold() throws ModelRunException {
        Turns turns =
                Turns.take(List.of(taking(1, 0, 1), taking(1, 0, 2)), 60, 7, (done, total, what) -> {}, () -> true);
        assertThat(turns.rounds()).isZero();
    }
}
