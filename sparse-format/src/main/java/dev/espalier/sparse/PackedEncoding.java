package dev.espalier.sparse;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// An encoding that standard ONNX operators decode: any runtime loads it, and those that fold constants have the dense
/// weight again once it is loaded.
public interface PackedEncoding extends SparseEncoding {
    /// The first version of the standard operators that has all it needs, for elements of this type.
    int firstOpset(ElementType type);

    /// The programs that may decode a tensor of this shape; one, where nothing but the shape decides. They may be
    /// incomplete.
    List<DecodeProgram> programs(Shape shape);

    /// A program with the constants that follow from settings which were found in a file; none if no tensor that is
    /// encoded here has these. Whether the constants are those of the file is for the caller to see.
    ///
    /// @param program one of [#programs]
    /// @param settings its settings, from a file: of any type, shape and contents
    default Optional<DecodeProgram> complete(Shape shape, DecodeProgram program, Map<String, DenseTensor> settings) {
        return Optional.of(program);
    }

    @Override
    PackedTensor encode(DenseTensor tensor, Mask nonZeros, Quantization quantization);

    /// Type of the elements that a tensor stands for.
    default ElementType type(PackedTensor tensor) {
        return tensor.values().type();
    }

    /// The same with values that were rounded, which are stored in fewer bits.
    default PackedEncoding of(Rounded rounded) {
        return new NarrowEncoding(this, rounded.form(), Optional.of(rounded));
    }

    /// Bits of the elements that are not stored.
    ///
    /// @param tensor one without [#defect]
    long zero(PackedTensor tensor);

    /// Why the parts of a tensor do not fit together, such as positions beyond its end; empty if they do. A tensor that
    /// was read from a file may say anything.
    Optional<String> defect(PackedTensor tensor);

    /// Writes the stored elements to where they belong.
    ///
    /// @param tensor one without [#defect]
    /// @param to a tensor full of its zero
    void decode(PackedTensor tensor, DenseTensor to);

    @Override
    default Optional<String> refusal(DenseTensor tensor, Mask nonZeros, Quantization quantization) {
        if (firstOpset(tensor.type()) == Integer.MAX_VALUE) {
            return Optional.of("elements of type " + tensor.type() + " have no " + name() + " form");
        }
        if (tensor.elementCount() == 0) {
            return Optional.of("empty tensors have no " + name() + " form");
        }
        if (tensor.elementCount() > Integer.MAX_VALUE) {
            return Optional.of("it has more elements than " + name() + " can count");
        }
        if (!quantization.hasOneZero()) {
            return Optional.of("its zero point differs from channel to channel");
        }
        return Optional.empty();
    }
}
