package dev.espalier.pruning.schedule;

import dev.espalier.pruning.Sparsity;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/// The tools that a schedule can be written for. To add one, write its class and add it here.
public final class ScheduleFormats {
    /// In the order in which help lists them.
    public static final List<ScheduleFormat> ALL =
            List.of(new TfmotFormat(), new SparseMlFormat(), new NncfFormat(), new LlmCompressorFormat());

    private ScheduleFormats() {}

    /// The tool of that name.
    public static Optional<ScheduleFormat> named(String name) {
        return ALL.stream().filter(format -> format.name().equals(name)).findFirst();
    }

    /// The schedule as the tool takes it, under a comment that says what it is and how far the tool's schedule is from
    /// it. All of these tools take `#` for the beginning of a comment.
    public static String write(ScheduleFormat format, Schedule schedule) {
        ScheduleFormat.Said said = format.say(schedule);
        String comment = schedule.describe() + "\n" + difference(schedule, said.asRun()) + "\n" + said.note();
        return comment.lines().map(line -> "# " + line).collect(Collectors.joining("\n")) + "\n\n" + said.text();
    }

    /// How far two schedules are apart where they are furthest. Both change at updates only, so those are all the steps
    /// that there are to look at.
    private static String difference(Schedule wanted, Schedule run) {
        BigDecimal most = BigDecimal.ZERO;
        long where = 0;
        for (long step : LongStream.concat(wanted.updates(), run.updates()).toArray()) {
            Sparsity here = run.targetAt(step);
            BigDecimal apart =
                    here.share().subtract(wanted.targetAt(step).share()).abs();
            if (apart.compareTo(most) > 0) {
                most = apart;
                where = step;
            }
        }
        return most.signum() == 0
                ? "Exact at every step."
                : "NOT EXACT: %s points from it at step %d, and nowhere further."
                        .formatted(
                                most.movePointRight(2)
                                        .round(new MathContext(3, RoundingMode.UP))
                                        .stripTrailingZeros()
                                        .toPlainString(),
                                where);
    }

    /// `0.9`, and `0.0`, which YAML and Python take for fractions and not for whole numbers.
    static String decimal(Sparsity sparsity) {
        BigDecimal share = sparsity.share().stripTrailingZeros();
        return share.scale() <= 0 ? share.toPlainString() + ".0" : share.toPlainString();
    }
}
