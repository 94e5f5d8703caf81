package dev.espalier.pruning;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Value;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.Grid;
import dev.espalier.sparse.Mask;
import dev.espalier.sparse.Quantization;
import dev.espalier.sparse.Rounded;
import dev.espalier.sparse.SparseEncoding;
import dev.espalier.sparse.SparsityPattern;
import dev.espalier.sparse.Unstructured;
import dev.espalier.sparse.ValueForm;

/// A tensor that is to be stored.
///
/// @param value what holds it
/// @param layout where its elements are in its constant
/// @param elements what it has where `nonZeros` has no ones does not matter
/// @param pattern that the zeros follow
/// @param channels the grid whose rows are the output channels
record TensorContents(
        Value value,
        ElementLayout layout,
        Quantization quantization,
        DenseTensor elements,
        Mask nonZeros,
        SparsityPattern pattern,
        Grid channels) {
    Rounded.Result rounded(ValueForm form) {
        return Rounded.of(elements, nonZeros, form, channels);
    }

    TensorContents with(Rounded rounded) {
        return new TensorContents(
                value, layout, quantization, rounded.elements(), rounded.nonZeros(), pattern, channels);
    }

    /// Whether its elements are those that its constant has.
    boolean isStored() {
        return layout.equals(ElementLayout.of(value.constant().orElseThrow()));
    }

    /// The same as the elements that the constant has, where several of the weight's share one: zero is what all of
    /// them have for a zero. Where they have different ones, it is left as it is.
    TensorContents asStored() {
        Constant constant = value.constant().orElseThrow();
        if (isStored() || !quantization.hasOneZero()) {
            return this;
        }
        DenseTensor stored = layout.write(nonZeros.applyTo(elements, quantization), constant);
        Quantization zero = quantization.repeated(elements.type(), stored.type());
        return new TensorContents(
                value,
                ElementLayout.of(constant),
                zero,
                stored,
                Mask.ofBitsOtherThanZero(stored, zero),
                new Unstructured(),
                WeightLayout.firstAxisOf(stored.shape()));
    }

    /// An encoding of it.
    StoredForm in(SparseEncoding encoding) {
        return new StoredForm(this, encoding, encoding.stored(pattern, nonZeros));
    }
}
