package dev.espalier.pruning.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.espalier.pruning.Sparsity;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SchedulesTest {
    private static final String WORKED_EXAMPLE = "20:10%,50:60%,80:85%,100:90%";

    private static ScheduleSettings settings(
            Optional<String> initial, Optional<String> last, Optional<String> begin, Optional<Long> end, String power) {
        return new ScheduleSettings(
                Optional.of(100L),
                initial.map(Sparsity::parse),
                last.map(Sparsity::parse),
                begin.map(share -> new ScheduleSettings.Begin.AfterShare(Sparsity.parse(share + "%"))),
                end,
                Optional.empty(),
                Optional.of(new BigDecimal(power)),
                Optional.empty());
    }

    private static ScheduleSettings between(Between between, long frequency) {
        return new ScheduleSettings(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(frequency),
                Optional.empty(),
                Optional.of(between));
    }

    private static double at(Schedule schedule, long step) {
        return schedule.targetAt(step).share().doubleValue();
    }

    /// Worked out by hand from the formulas; the cubic's are the values that practitioners quote.
    @ParameterizedTest
    @CsvSource({
        "polynomial, 3, 0, 0, 100, .4392, .7875, .8928",
        "polynomial, 3, 0, 10, 100, .2679, .7457, .8901",
        "polynomial, 3, 0, 16.80, 100, .1000, .7047, .8875",
        "polynomial, 3, 0, 20, 100, .0000, .6803, .8859",
        "polynomial, 3, 0.1, 20, 100, .1000, .7047, .8875",
        "polynomial, 3, 0.1, 20, 80, .1000, .8000, .9000",
        "exponential, 3, 0, 0, 100, .3690, .6838, .8415",
        "polynomial, 2, 0.1, 20, 100, .1000, .5875, .8500",
        "polynomial, 1, 0, 0, 100, .1800, .4500, .7200",
        "s-curve, 3, 0, 0, 100, .0936, .4500, .8064",
        "cosine, 3, 0, 0, 100, .0859, .4500, .8141",
        "constant, 3, 0, 50, 100, .0000, .9000, .9000",
    })
    void hitsTheValuesOfTheFormula(
            String name, String power, String initial, String begin, long end, double at20, double at50, double at80) {
        Schedule schedule = Schedules.parse(
                name, settings(Optional.of(initial), Optional.of("0.9"), Optional.of(begin), Optional.of(end), power));
        assertThat(at(schedule, 20)).isCloseTo(at20, within(1e-4));
        assertThat(at(schedule, 50)).isCloseTo(at50, within(1e-4));
        assertThat(at(schedule, 80)).isCloseTo(at80, within(1e-4));
        assertThat(schedule.targetAt(100)).isEqualTo(Sparsity.parse("0.9"));
    }

    @Test
    void roundsWhatBinaryFractionsMakeOfIt() {
        Schedule cubic = Schedules.parse("cubic", ScheduleSettings.to(Sparsity.parse("0.9")));
        assertThat(cubic.targetAt(20).share()).isEqualByComparingTo("0.4392");
        assertThat(cubic.targetAt(50).share()).isEqualByComparingTo("0.7875");
    }

    @Test
    void holdsMilestonesUntilTheNext() {
        Schedule schedule = Schedules.parse(WORKED_EXAMPLE, between(Between.STEPS, 1));
        assertThat(LongStream.of(0, 19, 20, 49, 50, 79, 80, 99, 100, 1000).mapToObj(schedule::targetAt))
                .extracting(Sparsity::toString)
                .containsExactly("0 %", "0 %", "10 %", "10 %", "60 %", "60 %", "85 %", "85 %", "90 %", "90 %");
        assertThat(schedule.targetAt(50)).as("the decimal that was written").isEqualTo(Sparsity.parse("60%"));
        assertThat(schedule.updates().toArray()).containsExactly(20, 50, 80, 100);
    }

    @Test
    void goesInStraightLinesBetweenMilestones() {
        Schedule schedule = Schedules.parse(WORKED_EXAMPLE, between(Between.LINEAR, 1));
        assertThat(List.of(at(schedule, 30), at(schedule, 40), at(schedule, 60), at(schedule, 70), at(schedule, 90)))
                .usingElementComparator((a, b) -> Math.abs(a - b) < 5e-4 ? 0 : Double.compare(a, b))
                .containsExactly(.2667, .4333, .6833, .7667, .875);
        assertThat(schedule.targetAt(19).share()).isEqualByComparingTo("0");
    }

    /// SciPy 1.17's `PchipInterpolator([20, 50, 80, 100], [.1, .6, .85, .9])`.
    @Test
    void goesSmoothlyThroughMilestonesAsScipyDoes() {
        Schedule schedule = Schedules.parse(WORKED_EXAMPLE, between(Between.SMOOTH, 1));
        double[] expected = {
            0.20165895061728,
            0.38645833333333,
            0.53885030864198,
            0.70594670578169,
            0.79337489304486,
            0.86809870049505,
            0.89519956683168
        };
        long[] steps = {25, 35, 45, 60, 70, 85, 95};
        for (int i = 0; i < steps.length; i++) {
            assertThat(at(schedule, steps[i])).as("step " + steps[i]).isCloseTo(expected[i], within(1e-11));
        }
        assertThat(schedule.targetAt(50)).isEqualTo(Sparsity.parse("60%"));
    }

    @Test
    void addsAMilestoneForAWarmUp() {
        Schedule schedule = Schedules.parse(
                WORKED_EXAMPLE, settings(Optional.empty(), Optional.empty(), Optional.of("10"), Optional.empty(), "3"));
        assertThat(schedule.updates().toArray()).containsExactly(10, 20, 50, 80, 100);
        Schedule same = Schedules.parse(
                WORKED_EXAMPLE,
                settings(Optional.of("0.1"), Optional.empty(), Optional.of("20"), Optional.empty(), "3"));
        assertThat(same.updates().toArray()).containsExactly(20, 50, 80, 100);
    }

    @Test
    void comparesOverTheSameStepsToTheSameSparsity() {
        ScheduleSettings settings = between(Between.STEPS, 1);
        Schedule milestones = Schedules.parse(WORKED_EXAMPLE, settings);
        Schedule cubic = Schedules.parseLike(milestones, 100, "cubic", settings);
        assertThat(cubic.targetAt(50).share()).isEqualByComparingTo("0.7875");
        assertThat(cubic.last()).isEqualTo(Sparsity.parse("90%"));
    }

    @Test
    void reachesTheFinalSparsityEvenIfTheFrequencyMissesIt() {
        Schedule schedule =
                new Ramp(Curve.CUBIC, new Span(BigDecimal.TWO, 20, 7), Sparsity.parse("0"), Sparsity.parse("0.8"));
        assertThat(schedule.updates().toArray()).containsExactly(2, 9, 16, 20);
        assertThat(schedule.targetAt(15)).isEqualTo(schedule.targetAt(9));
        assertThat(schedule.targetAt(20)).isEqualTo(Sparsity.parse("0.8"));
    }

    @Test
    void neverFallsAndAlwaysArrives() {
        Random random = new Random(7);
        for (int round = 0; round < 2000; round++) {
            Schedule schedule = random(random);
            long end = schedule.end();
            List<Long> updates = schedule.updates().boxed().toList();
            assertThat(updates).isSorted().doesNotHaveDuplicates();
            assertThat(updates.getLast()).isEqualTo(end);
            BigDecimal before = BigDecimal.ZERO;
            for (long step = 0; step <= end + 3; step++) {
                BigDecimal now = schedule.targetAt(step).share();
                assertThat(now)
                        .as(schedule.describe() + ", step " + step)
                        .isBetween(before, schedule.last().share());
                assertThat(now.compareTo(before) == 0 || updates.contains(step))
                        .as(schedule.describe() + " changes between updates, at " + step)
                        .isTrue();
                before = now;
            }
            assertThat(schedule.targetAt(end + 1_000_000)).isEqualTo(schedule.last());
            assertThat(before).isLessThan(BigDecimal.ONE);
        }
    }

    private static Sparsity share(Random random, int from) {
        return new Sparsity(BigDecimal.valueOf(from + random.nextInt(1000 - from), 3));
    }

    private static Schedule random(Random random) {
        long begin = random.nextLong(20);
        long end = begin + random.nextLong(60);
        long frequency = 1 + random.nextLong(9);
        if (random.nextInt(3) == 0) {
            List<Milestone> points = new ArrayList<>();
            int level = 0;
            for (long step = begin; step <= end; step += 1 + random.nextLong(25)) {
                level += random.nextInt(1000 - level) * random.nextInt(2);
                points.add(new Milestone(step, new Sparsity(BigDecimal.valueOf(level, 3))));
            }
            return new Milestones(points, List.of(Between.values()).get(random.nextInt(3)), frequency);
        }
        Sparsity initial = share(random, 0);
        Sparsity last = share(random, initial.share().movePointRight(3).intValue());
        List<Curve> curves = List.of(
                new Curve.Polynomial(BigDecimal.valueOf(1 + random.nextInt(80), 1)),
                new Curve.SCurve(),
                new Curve.Exponential(),
                new Curve.Cosine());
        BigDecimal start =
                BigDecimal.valueOf(begin).subtract(new BigDecimal("0.3")).max(BigDecimal.ZERO);
        return new Ramp(curves.get(random.nextInt(4)), new Span(start, end, frequency), initial, last);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "50:60%,20:10% | not in order",
                "20:10%,20:15% | two milestones are at step 20",
                "20:10%,50:5% | a schedule never falls",
                "20:10%,50:100% | below 100 %",
                "20:10%,50 | '50' is not a milestone",
                "20:10%, | '' is not a milestone",
                "-1:10% | '-1:10%' is not a milestone",
                "99999999999999:10% | at most 1000000000000 steps",
                "0:10%,900000:20% | take a frequency of 10 or more",
                "quintic | 'quintic' is not a schedule",
                "cubic | the final sparsity is missing",
            })
    void refusesWhatIsNoSchedule(String text, String message) {
        assertThatThrownBy(() -> Schedules.parse(text, between(Between.LINEAR, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void refusesSettingsThatMakeNoSchedule() {
        Sparsity dense = Sparsity.parse("0");
        Sparsity sparse = Sparsity.parse("0.9");
        assertThatThrownBy(() -> new Span(BigDecimal.valueOf(30), 20, 1)).hasMessageContaining("before it begins");
        assertThatThrownBy(() -> new Span(BigDecimal.valueOf(-1), 20, 1)).hasMessageContaining("counted from 0");
        assertThatThrownBy(() -> new Span(BigDecimal.ZERO, 20, 0)).hasMessageContaining("1 or more");
        Span span = new Span(BigDecimal.ZERO, 20, 1);
        assertThatThrownBy(() -> new Ramp(Curve.CUBIC, span, sparse, dense)).hasMessageContaining("never falls");
        assertThatThrownBy(() -> new Curve.Polynomial(BigDecimal.ZERO)).hasMessageContaining("above 0");
        assertThatThrownBy(() -> Schedules.parse(
                        "cubic",
                        settings(Optional.empty(), Optional.of("0.9"), Optional.empty(), Optional.of(101L), "3")))
                .hasMessageContaining("after the last step");
        assertThatThrownBy(() -> Schedules.parse(WORKED_EXAMPLE, ScheduleSettings.to(sparse)))
                .hasMessageContaining("the last milestone says");
    }
}
