package dev.espalier.pruning.schedule;

import dev.espalier.pruning.Sparsity;
import java.math.BigDecimal;
import java.util.stream.LongStream;

/// One shot: dense, and from one step on as sparse as it will be (TFMOT's `ConstantSparsity`).
///
/// @param begin in steps; the shot is at the first step that is not before it
/// @param target the final sparsity
record Constant(BigDecimal begin, Sparsity target) implements Schedule {
    Constant {
        Bounds.below1(target);
        Bounds.step(begin);
    }

    @Override
    public Sparsity targetAt(long step) {
        return step < end() ? new Sparsity(BigDecimal.ZERO) : target;
    }

    @Override
    public LongStream updates() {
        return LongStream.of(end());
    }

    @Override
    public long end() {
        return Span.ceiling(begin);
    }

    @Override
    public String label() {
        return "constant";
    }

    @Override
    public String describe() {
        return "constant: %s from step %d on".formatted(target, end());
    }
}
