package dev.espalier.pruning.schedule;

import dev.espalier.pruning.Sparsity;
import java.math.BigDecimal;
import java.util.stream.LongStream;

/// Rises along a curve from an initial to a final sparsity; dense before it begins.
///
/// @param curve how fast where
/// @param span from where to where
/// @param initial share of zeros where it begins
/// @param last share of zeros where it ends, and after
record Ramp(Curve curve, Span span, Sparsity initial, Sparsity last) implements Schedule {
    Ramp {
        Bounds.below1(last);
        if (initial.share().compareTo(last.share()) > 0) {
            throw new IllegalArgumentException(
                    "the initial sparsity, %s, is above the final one, %s: a schedule never falls"
                            .formatted(initial, last));
        }
    }

    @Override
    public Sparsity targetAt(long step) {
        if (step < span.first()) {
            return new Sparsity(BigDecimal.ZERO);
        }
        long update = span.updateAt(step);
        if (update == span.end()) {
            return last;
        }
        double share = curve.at(
                span.progressAt(update),
                initial.share().doubleValue(),
                last.share().doubleValue());
        return Bounds.round(BigDecimal.valueOf(share), initial, last);
    }

    @Override
    public LongStream updates() {
        return span.updates();
    }

    @Override
    public long end() {
        return span.end();
    }

    @Override
    public String label() {
        return curve.label();
    }

    @Override
    public String describe() {
        return "%s: from %s at step %s to %s at step %d%s"
                .formatted(
                        label(),
                        initial,
                        span.begin().stripTrailingZeros().toPlainString(),
                        last,
                        span.end(),
                        span.frequency() == 1 ? "" : ", every %d steps".formatted(span.frequency()));
    }
}
