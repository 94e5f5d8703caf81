package dev.espalier.pruning.channels;

import dev.espalier.onnx.Value;
import java.util.HashSet;
import java.util.Set;

/// What a model costs with some of its indices gone.
final class ChannelCosts {
    private final ChannelStructure structure;

    ChannelCosts(ChannelStructure structure) {
        this.structure = structure;
    }

    /// The cost that a budget counts.
    long of(KeptIndices kept, ChannelBudget budget) {
        return switch (budget) {
            case CHANNELS -> throw new IllegalArgumentException("channels are counted, not weighed");
            case PARAMS -> constants(kept, false);
            case BYTES -> constants(kept, true);
            case MACS -> macs(kept);
        };
    }

    private long constants(KeptIndices kept, boolean inBits) {
        long sum = 0;
        Set<Value> seen = new HashSet<>();
        for (ChannelTensor tensor : structure.graph().tensors()) {
            if (tensor.isStored() && seen.add(tensor.source())) {
                long elements = elements(tensor, kept);
                sum += inBits ? tensor.source().constant().orElseThrow().type().byteCount(elements) : elements;
            }
        }
        return sum;
    }

    static long elements(ChannelTensor tensor, KeptIndices kept) {
        long elements = 1;
        for (int axis = 0; axis < tensor.rank(); axis++) {
            elements *= kept.count(tensor.axis(axis));
        }
        return elements;
    }

    private long macs(KeptIndices kept) {
        long sum = 0;
        for (ChannelOp op : structure.graph().ops()) {
            sum += macs(op, kept);
        }
        return sum;
    }

    /// Multiply-adds of one node; 0 for operators that are not counted.
    static long macs(ChannelOp op, KeptIndices kept) {
        if (op.unknown().isPresent()) {
            return 0;
        }
        return switch (op.node().operator()) {
            // Every output is a sum over what one of its filters has.
            case "Conv", "FusedConv", "ConvInteger", "QLinearConv" -> {
                ChannelTensor w = op.in(op.node().operator().equals("QLinearConv") ? 3 : 1);
                yield elements(op.out(0), kept) * elements(w, kept) / Math.max(1, kept.count(w.axis(0)));
            }
            // Every input goes into what its part of the weight has.
            case "ConvTranspose" ->
                elements(op.in(0), kept)
                        * elements(op.in(1), kept)
                        / Math.max(1, kept.count(op.in(1).axis(0)));
            case "Gemm" ->
                elements(op.out(0), kept) * kept.count(op.in(0).axis(op.attribute("transA", 0) != 0 ? 0 : 1));
            case "MatMul", "MatMulInteger", "FusedMatMul" ->
                elements(op.out(0), kept) * kept.count(op.in(0).axis(op.attribute("transA", 0) != 0 ? -2 : -1));
            case "LSTM", "GRU", "RNN" ->
                // Steps and batch, each with all of W and R.
                op.in(0).size(0) * op.in(0).size(1) * (elements(op.in(1), kept) + elements(op.in(2), kept));
            default -> 0;
        };
    }
}
