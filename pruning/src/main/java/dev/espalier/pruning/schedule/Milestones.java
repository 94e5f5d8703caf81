package dev.espalier.pruning.schedule;

import dev.espalier.pruning.Sparsity;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/// Goes through given points, exactly; dense before the first. Updates are at the milestones and, if something happens
/// between them, every `frequency` steps after each.
///
/// @param milestones at least one, by step, each step once, never falling
/// @param between what happens between them
/// @param frequency in steps
record Milestones(List<Milestone> milestones, Between between, long frequency) implements Schedule {
    Milestones {
        milestones = List.copyOf(milestones);
        if (milestones.isEmpty()) {
            throw new IllegalArgumentException("there are no milestones");
        }
        for (int i = 1; i < milestones.size(); i++) {
            requireOrder(milestones.get(i - 1), milestones.get(i));
        }
        Bounds.frequency(frequency);
        if (between != Between.STEPS) {
            Bounds.requireFewUpdates(
                    milestones.getLast().step() - milestones.getFirst().step(), frequency);
        }
    }

    /// Reads `20:10%,50:60%,80:85%,100:90%`.
    ///
    /// @throws IllegalArgumentException if it is not a list of milestones in order
    static List<Milestone> parse(String text) {
        return Arrays.stream(text.split(",", -1)).map(Milestone::parse).toList();
    }

    private static void requireOrder(Milestone earlier, Milestone later) {
        if (earlier.step() == later.step()) {
            throw new IllegalArgumentException("two milestones are at step " + later.step());
        }
        if (earlier.step() > later.step()) {
            throw new IllegalArgumentException("the milestones are not in order: step %d comes after step %d"
                    .formatted(later.step(), earlier.step()));
        }
        if (earlier.target().share().compareTo(later.target().share()) > 0) {
            throw new IllegalArgumentException(
                    "the milestones fall, from %s to %s: a schedule never falls".formatted(earlier, later));
        }
    }

    @Override
    public Sparsity targetAt(long step) {
        if (step < milestones.getFirst().step()) {
            return new Sparsity(BigDecimal.ZERO);
        }
        int index = indexAt(step);
        Milestone here = milestones.get(index);
        long update = step - (step - here.step()) % frequency;
        if (index == milestones.size() - 1 || update == here.step()) {
            return here.target();
        }
        Milestone next = milestones.get(index + 1);
        return switch (between) {
            case STEPS -> here.target();
            case LINEAR -> Bounds.round(onLine(here, next, update), here.target(), next.target());
            case SMOOTH ->
                Bounds.round(
                        BigDecimal.valueOf(MonotoneCubic.through(milestones).at(index, update)),
                        here.target(),
                        next.target());
        };
    }

    /// The last milestone that is not after this step.
    private int indexAt(long step) {
        int index = milestones.size() - 1;
        while (milestones.get(index).step() > step) {
            index--;
        }
        return index;
    }

    private static BigDecimal onLine(Milestone from, Milestone to, long step) {
        BigDecimal rise = to.target().share().subtract(from.target().share());
        return rise.multiply(BigDecimal.valueOf(step - from.step()))
                .divide(BigDecimal.valueOf(to.step() - from.step()), MathContext.DECIMAL128)
                .add(from.target().share());
    }

    @Override
    public LongStream updates() {
        return IntStream.range(0, milestones.size()).boxed().flatMapToLong(this::updatesFrom);
    }

    private LongStream updatesFrom(int index) {
        long start = milestones.get(index).step();
        if (between == Between.STEPS || index == milestones.size() - 1) {
            return LongStream.of(start);
        }
        long end = milestones.get(index + 1).step();
        return LongStream.iterate(start, step -> step < end, step -> step + frequency);
    }

    @Override
    public long end() {
        return milestones.getLast().step();
    }

    @Override
    public String label() {
        return "milestones";
    }

    @Override
    public String describe() {
        return "milestones: %s; %s%s"
                .formatted(
                        milestones.stream().map(Milestone::toString).collect(Collectors.joining(", ")),
                        between.description(),
                        between == Between.STEPS || frequency == 1 ? "" : ", every %d steps".formatted(frequency));
    }
}
