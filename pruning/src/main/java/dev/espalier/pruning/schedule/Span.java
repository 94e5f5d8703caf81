package dev.espalier.pruning.schedule;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.stream.LongStream;

/// From where to where a schedule runs, both included, and how often the target is set anew in between: at the first
/// step that is not before `begin`, every `frequency` steps after it, and at `end`, even if the frequency misses it.
///
/// @param begin in steps; it may lie between two, as the end of a warm-up does that is a share of all steps
/// @param end the step at which the final sparsity is reached
/// @param frequency in steps
record Span(BigDecimal begin, long end, long frequency) {
    Span {
        Bounds.step(begin);
        Bounds.step(BigDecimal.valueOf(end));
        Bounds.frequency(frequency);
        if (begin.compareTo(BigDecimal.valueOf(end)) > 0) {
            throw new IllegalArgumentException("the schedule ends at step %d, before it begins at %s"
                    .formatted(end, begin.stripTrailingZeros().toPlainString()));
        }
        Bounds.requireFewUpdates(end - ceiling(begin), frequency);
    }

    static long ceiling(BigDecimal steps) {
        return steps.setScale(0, RoundingMode.CEILING).longValueExact();
    }

    long first() {
        return ceiling(begin);
    }

    /// The last update that is not after this step, which is not before the first.
    long updateAt(long step) {
        return step >= end ? end : step - (step - first()) % frequency;
    }

    /// How much of the way is behind, 0 to 1.
    double progressAt(long step) {
        BigDecimal length = BigDecimal.valueOf(end).subtract(begin);
        return length.signum() == 0
                ? 1
                : BigDecimal.valueOf(step).subtract(begin).doubleValue() / length.doubleValue();
    }

    LongStream updates() {
        LongStream regular = LongStream.iterate(first(), step -> step < end, step -> step + frequency);
        return LongStream.concat(regular, LongStream.of(end));
    }
}
