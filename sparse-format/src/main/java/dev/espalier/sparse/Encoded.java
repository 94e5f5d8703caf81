package dev.espalier.sparse;

/// A tensor in one of the forms that it can be stored in.
public sealed interface Encoded permits DenseData, CooTensor, PackedTensor {
    /// Type of the elements that it stands for.
    ElementType type();

    /// Shape of the tensor that it stands for.
    Shape shape();

    /// The tensor with every element stored; itself where it is that already.
    DenseTensor decode();
}
