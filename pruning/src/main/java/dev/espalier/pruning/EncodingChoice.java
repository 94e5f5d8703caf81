package dev.espalier.pruning;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Model;
import dev.espalier.onnx.Value;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.Mask;
import dev.espalier.sparse.Quantization;
import dev.espalier.sparse.SparseEncoding;
import dev.espalier.sparse.SparseEncodings;
import java.util.List;
import java.util.Optional;

/// Chooses the form that a tensor with zeros is stored in: a given one, or with `auto` the one that takes the fewest
/// bytes of the file.
///
/// @param only the encoding that is asked for; none for `auto`
public record EncodingChoice(Optional<SparseEncoding> only) {
    /// What was chosen.
    ///
    /// @param constant the form
    /// @param encoding its name
    /// @param note why an encoding that was asked for, or that is smaller, was not taken
    public record Chosen(Constant constant, SparseEncoding encoding, Optional<String> note) {}

    /// The smallest.
    public static final EncodingChoice AUTO = new EncodingChoice(Optional.empty());

    /// IR version 6 brought sparse tensors, opset 11 the attribute `sparse_value` of Constant.
    static final long SPARSE_IR_VERSION = 6;

    private static final long SPARSE_CONSTANT_OPSET = 11;

    /// ONNX Runtime refuses a sparse tensor that would be larger when it is dense.
    private static final long MOST_DENSE_BYTES = Integer.MAX_VALUE;

    /// A message has no more framing than this around elements and positions.
    private static final long MOST_FRAMING = 4096;

    /// Reads `auto` or the name of an encoding.
    ///
    /// @throws IllegalArgumentException if there is none of that name
    public static EncodingChoice parse(String name) {
        if (name.equals("auto")) {
            return AUTO;
        }
        return new EncodingChoice(Optional.of(SparseEncodings.named(name)
                .orElseThrow(() -> new IllegalArgumentException(
                        "'" + name + "' is not an encoding: there are auto, " + SparseEncodings.names()))));
    }

    /// The form for a weight with new elements.
    Chosen choose(Model model, Weight weight, DenseTensor elements, Mask nonZeros) {
        Constant dense = weight.constant().withElements(elements);
        List<SparseEncoding> wanted = only.map(List::of).orElse(SparseEncodings.ALL);
        Optional<String> refusal = Optional.empty();
        SparseEncoding best = SparseEncodings.DENSE;
        long bestSize = only.isPresent() ? Long.MAX_VALUE : elements.data().byteSize();
        for (SparseEncoding encoding : wanted) {
            if (encoding.equals(SparseEncodings.DENSE)) {
                continue;
            }
            Optional<String> no = refusal(model, weight.value(), encoding, elements, weight.quantization());
            refusal = refusal.or(() -> no);
            long size = no.isPresent() ? Long.MAX_VALUE : encoding.encodedSize(elements, nonZeros);
            if (size < bestSize) {
                best = encoding;
                bestSize = size;
            }
        }
        if (best.equals(SparseEncodings.DENSE)) {
            return new Chosen(dense, best, refusal);
        }
        Constant encoded = Constant.of(best.encode(elements, nonZeros));
        // In typed fields a zero may take less than its width, which only measuring tells.
        boolean isClose = elements.data().byteSize() - bestSize < MOST_FRAMING
                || (dense instanceof Constant.Dense inline && inline.isTyped());
        if (only.isEmpty()
                && isClose
                && weight.value().storedSize(encoded) >= weight.value().storedSize(dense)) {
            return new Chosen(dense, SparseEncodings.DENSE, refusal);
        }
        return new Chosen(encoded, best, refusal);
    }

    private Optional<String> refusal(
            Model model, Value value, SparseEncoding encoding, DenseTensor elements, Quantization quantization) {
        if (value.isInput()) {
            return Optional.of("it is also a graph input, which callers may set (--drop-initializer-inputs)");
        }
        if (value.isOutput()) {
            return Optional.of("it is an output of its graph");
        }
        boolean isConstantNode = value.producer().isPresent();
        if (isConstantNode && model.opset(value.graph(), "") < SPARSE_CONSTANT_OPSET) {
            return Optional.of("Constant nodes hold sparse tensors from opset " + SPARSE_CONSTANT_OPSET + " on only");
        }
        if (only.isEmpty() && elements.data().byteSize() > MOST_DENSE_BYTES) {
            return Optional.of("ONNX Runtime refuses sparse tensors that stand for more than 2 GiB");
        }
        return encoding.refusal(elements, quantization);
    }
}
