package dev.espalier.pruning.schedule;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The schedules by name. To add one, write its curve and add it here.
public final class Schedules {
    /// A schedule that has a name; milestones are written out instead.
    ///
    /// @param summary what it does, in a few words
    public record Named(String name, String summary, Function<ScheduleSettings, Schedule> make) {}

    /// In the order in which help lists them.
    public static final List<Named> ALL = List.of(
            new Named("constant", "one shot", s -> new Constant(s.firstStep(), s.lastOrRefuse())),
            new Named("linear", "a straight line", s -> ramp(Curve.LINEAR, s)),
            new Named("cubic", "Zhu and Gupta's: fast, then slow", s -> ramp(Curve.CUBIC, s)),
            new Named("polynomial", "the same with any power", Schedules::polynomial),
            new Named("s-curve", "a cubic: slow, fast, slow", s -> ramp(new Curve.SCurve(), s)),
            new Named(
                    "exponential",
                    "the same share of what is left at each step",
                    s -> ramp(new Curve.Exponential(), s)),
            new Named("cosine", "half a wave: slow, fast, slow", s -> ramp(new Curve.Cosine(), s)));

    private Schedules() {}

    /// Reads the name of a schedule, or milestones as in `20:10%,50:60%,80:85%,100:90%`.
    ///
    /// @throws IllegalArgumentException if there is no such schedule, or the settings do not make one
    public static Schedule parse(String text, ScheduleSettings settings) {
        return isMilestones(text) ? milestones(text, settings) : named(text, settings);
    }

    /// A schedule to compare another one with: over the same steps, to the same sparsity if it does not say its own.
    ///
    /// @param steps the last step
    /// @throws IllegalArgumentException if there is no such schedule, or the settings do not make one
    public static Schedule parseLike(Schedule other, long steps, String text, ScheduleSettings settings) {
        ScheduleSettings same = settings.like(other, steps);
        return isMilestones(text) ? throughPoints(text, same) : named(text, same);
    }

    /// Refuses settings that none of these schedules has a use for: they would do nothing, without a word.
    ///
    /// @param texts names or milestones
    /// @throws IllegalArgumentException if there is one
    public static void requireUse(List<String> texts, ScheduleSettings settings) {
        if (settings.power().isPresent() && !texts.contains("polynomial")) {
            throw new IllegalArgumentException("a power is for the schedule 'polynomial' only");
        }
        if (settings.between().isPresent() && texts.stream().noneMatch(Schedules::isMilestones)) {
            throw new IllegalArgumentException("what is between milestones can be said of milestones only");
        }
        boolean rises = settings.initial().isPresent()
                || settings.end().isPresent()
                || settings.frequency().isPresent();
        if (rises && texts.stream().allMatch("constant"::equals)) {
            throw new IllegalArgumentException(
                    "a constant schedule has no initial sparsity, no end and no frequency: it is one shot");
        }
    }

    /// Whether the text is a list of milestones and not a name.
    public static boolean isMilestones(String text) {
        return text.contains(":");
    }

    /// The last step: what was asked for, or else what the schedule takes to be usual.
    public static long lastStep(Schedule schedule, ScheduleSettings settings) {
        return schedule instanceof Milestones ? settings.steps().orElse(schedule.end()) : settings.lastStep();
    }

    private static Schedule named(String text, ScheduleSettings settings) {
        Schedule schedule = ALL.stream()
                .filter(named -> named.name().equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "'%s' is not a schedule: there are %s, and milestones such as 20:10%%,50:60%%,100:90%%"
                                .formatted(text, ALL.stream().map(Named::name).collect(Collectors.joining(", ")))))
                .make()
                .apply(settings);
        requireReached(schedule, settings);
        return schedule;
    }

    private static Schedule polynomial(ScheduleSettings settings) {
        return ramp(new Curve.Polynomial(settings.power().orElse(BigDecimal.valueOf(3))), settings);
    }

    private static Schedule ramp(Curve curve, ScheduleSettings settings) {
        Span span = new Span(
                settings.firstStep(),
                settings.end().orElse(settings.lastStep()),
                settings.frequency().orElse(1L));
        return new Ramp(curve, span, settings.initialOrDense(), settings.lastOrRefuse());
    }

    private static Schedule milestones(String text, ScheduleSettings settings) {
        if (settings.last().isPresent() || settings.end().isPresent()) {
            throw new IllegalArgumentException(
                    "the last milestone says where the schedule ends and how sparse: leave out the sparsity and the end");
        }
        return throughPoints(text, settings);
    }

    /// An initial sparsity or a begin adds a milestone in front, unless it is the first one that is written.
    private static Schedule throughPoints(String text, ScheduleSettings settings) {
        List<Milestone> points = new ArrayList<>(Milestones.parse(text));
        if (settings.initial().isPresent() || settings.begin().isPresent()) {
            ScheduleSettings known = settings.steps().isPresent()
                    ? settings
                    : settings.like(
                            new Milestones(points, Between.STEPS, 1),
                            points.getLast().step());
            Milestone start = new Milestone(Span.ceiling(known.firstStep()), settings.initialOrDense());
            if (!isSaid(start, points.getFirst(), settings)) {
                points.addFirst(start);
            }
        }
        Schedule schedule = new Milestones(
                points,
                settings.between().orElse(Between.STEPS),
                settings.frequency().orElse(1L));
        requireReached(schedule, settings);
        return schedule;
    }

    private static boolean isSaid(Milestone start, Milestone first, ScheduleSettings settings) {
        return start.step() == first.step()
                && (settings.initial().isEmpty()
                        || start.target().share().compareTo(first.target().share()) == 0);
    }

    private static void requireReached(Schedule schedule, ScheduleSettings settings) {
        long steps = lastStep(schedule, settings);
        if (schedule.end() > steps) {
            throw new IllegalArgumentException("the final sparsity is reached at step %d, after the last step, %d"
                    .formatted(schedule.end(), steps));
        }
    }
}
