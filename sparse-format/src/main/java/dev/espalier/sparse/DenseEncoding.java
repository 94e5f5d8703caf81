package dev.espalier.sparse;

import java.util.Optional;

/// Every element, zeros too.
record DenseEncoding() implements SparseEncoding {
    @Override
    public String name() {
        return "dense";
    }

    @Override
    public String summary() {
        return "every element is stored, zeros too";
    }

    @Override
    public Optional<String> refusal(DenseTensor tensor, Mask nonZeros, Quantization quantization) {
        return Optional.empty();
    }

    @Override
    public long encodedSize(DenseTensor tensor, Mask nonZeros) {
        return tensor.data().byteSize();
    }

    @Override
    public Encoded encode(DenseTensor tensor, Mask nonZeros, Quantization quantization) {
        return MaskedTensor.of(tensor, nonZeros, quantization);
    }
}
