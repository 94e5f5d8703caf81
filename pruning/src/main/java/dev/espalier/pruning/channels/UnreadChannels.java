package dev.espalier.pruning.channels;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Value;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/// The weights that read channels, with zeros where they read those that go: what the rest of them then computes
/// is what the smaller model will compute.
final class UnreadChannels {
    private UnreadChannels() {}

    /// What weights of f32 become that one node alone reads.
    static Map<Value, Constant> of(ChannelStructure structure, KeptIndices kept) {
        Map<Value, DenseTensor> zeroed = new HashMap<>();
        for (Axis axis : ChannelReader.summed(structure)) {
            Value weight = axis.tensor().source();
            if (kept.isCut(axis) && isOwn(weight)) {
                zero(zeroed.computeIfAbsent(weight, UnreadChannels::copy), axis, kept);
            }
        }
        Map<Value, Constant> changes = new HashMap<>();
        zeroed.forEach((weight, tensor) ->
                changes.put(weight, weight.constant().orElseThrow().withElements(tensor)));
        return changes;
    }

    /// The classes of indices of which every weight that reads them has zeros there: they have gone at an earlier step.
    static BitSet in(ChannelStructure structure) {
        BitSet unread = new BitSet();
        BitSet read = new BitSet();
        for (Axis axis : ChannelReader.summed(structure)) {
            boolean[] isZero = zeros(axis);
            for (int i = 0; i < isZero.length; i++) {
                int member = structure.partition().classOf(axis.id(), i);
                if (member != ChannelPartition.FROZEN) {
                    (isZero[i] ? unread : read).set(member);
                }
            }
        }
        unread.andNot(read);
        return unread;
    }

    private static boolean[] zeros(Axis axis) {
        boolean[] isZero = new boolean[Math.toIntExact(axis.size())];
        if (!isOwn(axis.tensor().source())) {
            return isZero;
        }
        Arrays.fill(isZero, true);
        DenseTensor tensor = axis.tensor().source().constant().orElseThrow().decode();
        long slice = 1;
        for (int i = axis.index() + 1; i < tensor.shape().rank(); i++) {
            slice *= tensor.shape().dim(i);
        }
        int index = 0;
        for (long from = 0; from < tensor.elementCount(); from += slice) {
            for (long i = from; isZero[index] && i < from + slice; i++) {
                isZero[index] = (int) tensor.bitsAt(i) << 1 == 0;
            }
            index = index + 1 == isZero.length ? 0 : index + 1;
        }
        return isZero;
    }

    private static boolean isOwn(Value weight) {
        return weight.uses().size() == 1 && weight.constant().orElseThrow().type() == ElementType.F32;
    }

    private static DenseTensor copy(Value weight) {
        DenseTensor dense = weight.constant().orElseThrow().decode();
        DenseTensor copy = DenseTensor.zeros(dense.type(), dense.shape());
        copy.data().copyFrom(dense.data());
        return copy;
    }

    private static void zero(DenseTensor tensor, Axis axis, KeptIndices kept) {
        long slice = tensor.data().byteSize() / Math.max(1, tensor.elementCount());
        for (int i = axis.index() + 1; i < tensor.shape().rank(); i++) {
            slice *= tensor.shape().dim(i);
        }
        for (long from = 0; from < tensor.data().byteSize(); from += slice * axis.size()) {
            for (int index : kept.removed(axis)) {
                tensor.data().asSlice(from + index * slice, slice).fill((byte) 0);
            }
        }
    }
}
