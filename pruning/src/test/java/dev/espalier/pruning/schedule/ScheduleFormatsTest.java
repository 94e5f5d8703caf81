package dev.espalier.pruning.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.pruning.Sparsity;
import java.math.BigDecimal;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The texts themselves were held against the tools' own schedulers (docs/schedules.md); here is what they promise.
final class ScheduleFormatsTest {
    private static final Sparsity DENSE = Sparsity.parse("0");
    private static final Sparsity SPARSE = Sparsity.parse("0.9");

    private static Schedule ramp(Curve curve, String begin, long end, long frequency) {
        return new Ramp(curve, new Span(new BigDecimal(begin), end, frequency), DENSE, SPARSE);
    }

    private static String write(String tool, Schedule schedule) {
        return ScheduleFormats.write(ScheduleFormats.named(tool).orElseThrow(), schedule);
    }

    @Test
    void everyToolSaysEverySchedule() {
        List<Milestone> points = Milestones.parse("3:10%,9:60%,12:90%");
        List<Schedule> schedules = Stream.concat(
                        Stream.of(Between.values()).map(between -> new Milestones(points, between, 2)),
                        Stream.of(
                                new Constant(BigDecimal.TEN, SPARSE),
                                ramp(Curve.CUBIC, "4", 4, 1),
                                ramp(Curve.CUBIC, "4.5", 21, 5),
                                ramp(Curve.LINEAR, "0", 5000, 1),
                                ramp(new Curve.SCurve(), "0", 100, 1),
                                ramp(new Curve.Exponential(), "0", 100, 1),
                                ramp(new Curve.Cosine(), "10", 100, 3)))
                .map(Schedule.class::cast)
                .toList();
        for (ScheduleFormat format : ScheduleFormats.ALL) {
            for (Schedule schedule : schedules) {
                ScheduleFormat.Said said = format.say(schedule);
                String text = ScheduleFormats.write(format, schedule);
                assertThat(said.asRun().last().share())
                        .as(format.name() + " reaches the end of " + schedule.describe())
                        .isEqualByComparingTo(SPARSE.share());
                boolean same = Stream.concat(
                                schedule.updates().boxed(),
                                said.asRun().updates().boxed())
                        .allMatch(step -> said.asRun()
                                        .targetAt(step)
                                        .share()
                                        .compareTo(schedule.targetAt(step).share())
                                == 0);
                assertThat(text.contains("Exact at every step")).as(text).isEqualTo(same);
                assertThat(text.contains("NOT EXACT")).as(text).isEqualTo(!same);
            }
        }
    }

    @Test
    void tfmotHasTheCubicOnlyIfItsFrequencyMeetsTheEnd() {
        assertThat(write("tfmot", ramp(Curve.CUBIC, "10", 100, 10)))
                .contains("PolynomialDecay(", "begin_step=10", "end_step=100", "power=3", "frequency=10", "Exact");
        assertThat(write("tfmot", ramp(Curve.CUBIC, "10", 100, 7))).contains("TableSchedule", "100]", "0.9]", "Exact");
    }

    @Test
    void sparseMlMakesOtherCurvesOfStraightPiecesAndSaysHowFarOff() {
        assertThat(write("sparseml", ramp(Curve.CUBIC, "10", 100, 1))).contains("inter_func: cubic", "Exact");
        assertThat(write("sparseml", ramp(new Curve.SCurve(), "0", 100, 1)))
                .contains("NOT EXACT: 0.608 points from it at step 5", "inter_func: linear");
    }

    @Test
    void nncfAlwaysSaysEpochZero() {
        assertThat(write("nncf", new Milestones(Milestones.parse("20:10%,50:60%"), Between.STEPS, 1)))
                .contains("steps={0: 0.0, 20: 0.1, 50: 0.6}");
        assertThat(write("nncf", ramp(new Curve.Exponential(), "0", 100, 1)))
                .contains("initial_ratio=0.0, target_ratio=0.9, target_epoch=100");
    }

    @Test
    void longTablesAreCutAndSaySo() {
        assertThat(write("nncf", ramp(Curve.CUBIC, "0", 5000, 1))).contains("NOT EXACT", "5000: 0.9}");
    }
}
