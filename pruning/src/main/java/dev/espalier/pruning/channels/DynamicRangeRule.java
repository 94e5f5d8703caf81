package dev.espalier.pruning.channels;

import java.util.List;

/// Operators that choose a scale by the smallest and largest of all elements: none may go, or the others
/// would be rounded differently.
final class DynamicRangeRule implements ChannelRule {
    @Override
    public List<String> operators() {
        return List.of("DynamicQuantizeLinear");
    }

    @Override
    public void link(ChannelOp op, ChannelLinks links) {
        op.tensors().forEach(tensor -> links.freezeAll(tensor, "all elements decide the scale of"));
    }
}
