package dev.espalier.pruning.schedule;

import dev.espalier.pruning.Sparsity;
import java.math.BigDecimal;
import java.util.Optional;

/// What can be said about a schedule beside its name. What is not said has a default; what a schedule has no use for is
/// refused.
///
/// @param steps the last step; 100 if it is not said, with milestones the last of them
/// @param initial share of zeros where it begins; 0 if it is not said
/// @param last final share of zeros; with milestones the last of them says it
/// @param begin the first step, or the share of all steps that comes before it; 0 if it is not said
/// @param end the step at which the final sparsity is reached; the last step if it is not said
/// @param frequency steps from one update to the next; 1 if it is not said
/// @param power of a polynomial; 3 if it is not said
/// @param between what happens between milestones; nothing if it is not said
public record ScheduleSettings(
        Optional<Long> steps,
        Optional<Sparsity> initial,
        Optional<Sparsity> last,
        Optional<Begin> begin,
        Optional<Long> end,
        Optional<Long> frequency,
        Optional<BigDecimal> power,
        Optional<Between> between) {
    /// Where a schedule begins.
    public sealed interface Begin {
        /// At a step.
        record AtStep(long step) implements Begin {}

        /// After a warm-up, a share of all steps in which the model stays dense.
        record AfterShare(Sparsity share) implements Begin {}
    }

    /// Nothing is said but the final sparsity.
    public static ScheduleSettings to(Sparsity last) {
        return new ScheduleSettings(
                Optional.empty(),
                Optional.empty(),
                Optional.of(last),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /// Nothing is said: the milestones say it all.
    public static ScheduleSettings throughMilestones() {
        return new ScheduleSettings(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /// The same up to that step.
    public ScheduleSettings in(long lastStep) {
        return new ScheduleSettings(Optional.of(lastStep), initial, last, begin, end, frequency, power, between);
    }

    /// The settings for a schedule to compare this one with: over the same steps, to the same sparsity.
    ///
    /// @param steps the last step
    ScheduleSettings like(Schedule schedule, long steps) {
        return new ScheduleSettings(
                Optional.of(steps),
                initial,
                Optional.of(schedule.last()),
                begin,
                Optional.of(end.orElse(schedule instanceof Constant ? steps : schedule.end())),
                frequency,
                power,
                between);
    }

    long lastStep() {
        return steps.orElse(100L);
    }

    BigDecimal firstStep() {
        return switch (begin.orElse(new Begin.AtStep(0))) {
            case Begin.AtStep(long step) -> BigDecimal.valueOf(step);
            case Begin.AfterShare(Sparsity share) -> share.share().multiply(BigDecimal.valueOf(lastStep()));
        };
    }

    Sparsity initialOrDense() {
        return initial.orElse(new Sparsity(BigDecimal.ZERO));
    }

    Sparsity lastOrRefuse() {
        return last.orElseThrow(() -> new IllegalArgumentException("the final sparsity is missing"));
    }
}
