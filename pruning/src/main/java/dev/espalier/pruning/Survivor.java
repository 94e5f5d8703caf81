package dev.espalier.pruning;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Graph;
import dev.espalier.onnx.Node;
import dev.espalier.onnx.Value;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Mask;
import dev.espalier.sparse.Quantization;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A tensor of a file that another tool wrote, which may be what became of a pruned one.
///
/// @param path of the tensor that an operator reads: what is stored, or what the file's own nodes decode
/// @param nonZeros which of its elements are not zero
/// @param kept how many those are
/// @param isSparse whether only those are stored
record Survivor(String path, Mask nonZeros, long kept, boolean isSparse) {
    Survivor(String path, Mask nonZeros, boolean isSparse) {
        this(path, nonZeros, nonZeros.keptCount(), isSparse);
    }

    /// All of a file, in file order.
    static List<Survivor> in(Evidence after) {
        Map<String, Survivor> all = new LinkedHashMap<>();
        for (Value value : after.constants()) {
            Constant constant = value.constant().orElseThrow();
            if (constant.type().isCountable() && constant.shape().rank() > 0) {
                all.put(value.path(), new Survivor(value.path(), nonZeros(value, after), constant.isSparse()));
            }
        }
        for (Graph graph : after.model().allGraphs()) {
            for (Node node : graph.nodes()) {
                QuantizedPacking.weightOf(node).ifPresent(found -> all.put(found.path(), found));
            }
        }
        return new ArrayList<>(all.values());
    }

    /// Of bytes that nothing gives a zero point, the most frequent is the zero: in a pruned weight it is. A guess, good
    /// enough to look for a tensor with, since where the others are must fit too.
    private static Mask nonZeros(Value value, Evidence after) {
        Constant constant = value.constant().orElseThrow();
        boolean isBytes = constant.type() == ElementType.U8 || constant.type() == ElementType.I8;
        if (!isBytes || after.quantization(value).isPresent()) {
            return after.nonZeros(value);
        }
        DenseTensor elements = constant.decode();
        return Mask.ofNonZeros(elements, Quantization.ofMostFrequentByte(elements));
    }
}
