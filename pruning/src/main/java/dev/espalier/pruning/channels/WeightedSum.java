package dev.espalier.pruning.channels;

import java.util.Optional;

/// A sum over products of what an operator reads with a matrix that is stored.
///
/// @param read the axis of what it reads that is summed over
/// @param summed the axis of the weight that goes with it
/// @param made the weight's axis that goes with the outputs
/// @param out the axis of the outputs
record WeightedSum(ChannelOp op, Axis read, Axis summed, Axis made, Axis out) {
    static Optional<WeightedSum> of(ChannelLinks.Sum sum) {
        Axis other = sum.b();
        boolean multiplies = ChannelRules.of(sum.op().node())
                .filter(rule -> rule.multiplies(sum.op()) && !sum.op().node().isOperator("Einsum"))
                .isPresent();
        if (other == null || !multiplies || sum.a().tensor() == other.tensor()) {
            return Optional.empty();
        }
        boolean isFirst = sum.a().tensor().isStored();
        Axis summed = isFirst ? sum.a() : other;
        Axis read = isFirst ? other : sum.a();
        ChannelTensor weight = summed.tensor();
        if (!weight.isStored() || read.tensor().isStored() || weight.rank() < 2) {
            return Optional.empty();
        }
        ChannelTensor y = sum.op().out(0);
        if (sum.op().node().operator().contains("Conv")) {
            return Optional.of(new WeightedSum(sum.op(), read, summed, weight.axis(1 - summed.index()), y.axis(1)));
        }
        boolean isRight = sum.op().optionalIn(1).filter(in -> in == weight).isPresent();
        Axis made = weight.axis(summed.index() == weight.rank() - 1 ? -2 : -1);
        Axis out = y.axis(isRight || y.rank() == 1 || read.tensor().rank() == 1 ? -1 : -2);
        return Optional.of(new WeightedSum(sum.op(), read, summed, made, out));
    }

    ChannelTensor weight() {
        return summed.tensor();
    }
}
