package dev.espalier.run.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class StatisticsTest {
    private static final int TRIALS = 1000;

    @ParameterizedTest
    @CsvSource({
        // 2 (C(14,0) + C(14,1) + C(14,2)) / 2^14
        "12, 2, 0.012939453125",
        // 2 / 2^6
        "6, 0, 0.03125",
        "1, 0, 1",
        "5, 5, 1",
        "0, 0, 1"
    })
    void mcNemarsExactTestIsABinomialSum(int lost, int gained, double p) {
        assertThat(new PairedBinary(100, lost, gained).mcNemar()).isCloseTo(p, within(1e-12));
        assertThat(new PairedBinary(100, gained, lost).mcNemar()).isCloseTo(p, within(1e-12));
    }

    @Test
    void tangosIntervalWithoutADifferingSampleHasAClosedForm() {
        // The score at d is then n d / sqrt(n |d| (1 - |d|)), so the ends are z^2 / (n + z^2).
        double z2 = 1.959963984540054 * 1.959963984540054;
        for (int n : new int[] {10, 359, 10_000}) {
            Interval interval = new PairedBinary(n, 0, 0).interval(0.95);
            assertThat(interval.high()).isCloseTo(z2 / (n + z2), within(1e-9));
            assertThat(interval.low()).isCloseTo(-z2 / (n + z2), within(1e-9));
        }
    }

    @Test
    void tangosEndsAreWhereTheScoreUnderTheLikeliestCellsIsZ() {
        // The same by another way: for a supposed difference the likelihood is maximised over the other cell on a grid.
        PairedBinary paired = new PairedBinary(40, 9, 3);
        Interval interval = paired.interval(0.95);
        assertThat(score(paired, interval.low())).isCloseTo(1.96, within(0.01));
        assertThat(score(paired, interval.high())).isCloseTo(-1.96, within(0.01));
    }

    private static double score(PairedBinary paired, double difference) {
        double best = Double.NEGATIVE_INFINITY;
        double gained = 0;
        int same = paired.n() - paired.lost() - paired.gained();
        for (double q = Math.max(1e-6, -difference + 1e-6); 2 * q + difference < 1; q += 1e-5) {
            double likelihood = paired.lost() * Math.log(q + difference)
                    + paired.gained() * Math.log(q)
                    + same * Math.log(1 - 2 * q - difference);
            if (likelihood > best) {
                best = likelihood;
                gained = q;
            }
        }
        double variance = paired.n() * (2 * gained + difference - difference * difference);
        return (paired.lost() - paired.gained() - paired.n() * difference) / Math.sqrt(variance);
    }

    @ParameterizedTest
    @CsvSource({"0.10, 0.04, 60", "0.02, 0.02, 100", "0.30, 0.10, 40", "0.005, 0.005, 300"})
    void tangosIntervalHoldsTheTruthAsOftenAsItSays(double lost, double gained, int n) {
        SplittableRandom random = new SplittableRandom(5);
        int held = 0;
        for (int trial = 0; trial < TRIALS; trial++) {
            int lostCount = 0;
            int gainedCount = 0;
            for (int i = 0; i < n; i++) {
                double u = random.nextDouble();
                lostCount += u < lost ? 1 : 0;
                gainedCount += u >= lost && u < lost + gained ? 1 : 0;
            }
            Interval interval = new PairedBinary(n, lostCount, gainedCount).interval(0.95);
            held += interval.low() <= lost - gained && lost - gained <= interval.high() ? 1 : 0;
        }
        assertThat(held / (double) TRIALS).isBetween(0.93, 0.995);
    }

    @Test
    void theBootstrapsIntervalHoldsTheTruthAsOftenAsItSays() {
        SplittableRandom random = new SplittableRandom(7);
        int held = 0;
        int trials = 400;
        for (int trial = 0; trial < trials; trial++) {
            double[] values = random.doubles(80).toArray();
            Interval interval = new Bootstrap(500, trial)
                    .interval(
                            values.length,
                            rows -> IntStream.of(rows)
                                    .mapToDouble(r -> values[r])
                                    .average()
                                    .orElseThrow(),
                            0.95);
            held += interval.low() <= 0.5 && 0.5 <= interval.high() ? 1 : 0;
        }
        assertThat(held / (double) trials).isBetween(0.91, 0.98);
    }

    @Test
    void theBootstrapIsTheSameForEverySeedAndAnyThreads() {
        double[] values = new SplittableRandom(1).doubles(50).toArray();
        Interval first = mean(values, 3);
        assertThat(mean(values, 3)).isEqualTo(first);
        assertThat(mean(values, 4)).isNotEqualTo(first);
    }

    private static Interval mean(double[] values, long seed) {
        return new Bootstrap(200, seed)
                .interval(
                        values.length,
                        rows -> IntStream.of(rows)
                                .mapToDouble(r -> values[r])
                                .average()
                                .orElseThrow(),
                        0.9);
    }

    @Test
    void wilsonsIntervalIsThatOfThePublishedExample() {
        // Newcombe, Statistics in Medicine 17, 1998, 857-872, table I: 81 of 263.
        Interval interval = new Proportion(263, 81).interval(0.95);
        assertThat(interval.low()).isCloseTo(0.2553, within(5e-5));
        assertThat(interval.high()).isCloseTo(0.3662, within(5e-5));
    }

    @Test
    void sampleSizesAreThoseOfR() {
        // power.prop.test(p1 = .5, p2 = .75, power = .8): n = 57.67
        assertThat(SampleSize.ofShares(0.5, 0.75)).isEqualTo(58);
        assertThat(SampleSize.ofShares(0.3, 0.3)).isZero();
    }

    @Test
    void theSequentialTestSeldomFindsWhatIsNotThereHoweverOftenOneLooks() {
        SplittableRandom random = new SplittableRandom(11);
        int found = 0;
        for (int trial = 0; trial < TRIALS; trial++) {
            found += simulate(random, 0.8, 0.8) < 0.05 ? 1 : 0;
        }
        assertThat(found).isLessThanOrEqualTo(TRIALS * 6 / 100);
    }

    @Test
    void theSequentialTestFindsALargeDifference() {
        assertThat(simulate(new SplittableRandom(3), 0.8, 0.7)).isLessThan(0.05);
    }

    /// Looks after every 50 samples of each group.
    private static double simulate(SplittableRandom random, double first, double second) {
        SequentialTest test = new SequentialTest(0.02 * 0.02);
        int rightFirst = 0;
        int rightSecond = 0;
        double p = 1;
        for (int n = 1; n <= 2000; n++) {
            rightFirst += random.nextDouble() < first ? 1 : 0;
            rightSecond += random.nextDouble() < second ? 1 : 0;
            if (n % 50 == 0) {
                double a = (double) rightFirst / n;
                double b = (double) rightSecond / n;
                p = test.look(n, a - b, (a * (1 - a) + b * (1 - b)) / 2);
            }
        }
        return p;
    }

    @Test
    void quantilesAreThoseOfNumPy() {
        double[] sorted = {1, 2, 4, 8};
        assertThat(Interval.quantile(sorted, 0.5)).isEqualTo(3);
        assertThat(Interval.quantile(sorted, 0.9)).isCloseTo(6.8, within(1e-12));
        assertThat(Interval.quantile(sorted, 1)).isEqualTo(8);
    }
}
