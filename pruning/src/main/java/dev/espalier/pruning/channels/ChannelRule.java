package dev.espalier.pruning.channels;

import java.util.List;

/// How the indices of an operator's tensors correspond. A rule declares; that constants lose the indices that
/// go, along every axis, is nobody's business but [ChannelCutter]'s.
interface ChannelRule {
    /// The operators, `Conv`, or `com.microsoft.FusedConv` where it is not the standard's.
    List<String> operators();

    /// Declares links and sums. An axis of which nothing is said is frozen.
    ///
    /// @throws UnsupportedFormException if this form of the operator is not known; then all its axes are
    ///     frozen
    void link(ChannelOp op, ChannelLinks links);

    /// Whether it multiplies the first input by the second, so that where one is zero the other makes no
    /// difference.
    default boolean multiplies(ChannelOp op) {
        return false;
    }

    /// Corrects attributes and shape operands.
    default void rewrite(ChannelOp op, ChannelCut cut) {}

    /// Changes the original, in which channels that go are masked, where what the pruned model computes is not
    /// exact and something other than zeros has to be read ([ChannelOptions#lossyNorms]).
    default void rewriteMasked(ChannelOp op, ChannelCut cut) {}
}
