package dev.espalier.sparse;

import java.util.Optional;

/// One way to store a tensor that has zeros. A name in a file or on the command line never changes its meaning.
public interface SparseEncoding {
    /// The name on the command line, in manifests and in reports.
    String name();

    /// What it is, in one line of help.
    String summary();

    /// Why it cannot hold this tensor; empty if it can.
    ///
    /// @param nonZeros the elements to keep
    Optional<String> refusal(DenseTensor tensor, Mask nonZeros, Quantization quantization);

    /// The elements that it stores best where those of `nonZeros` are to be kept and follow a pattern: more of them
    /// where it stores wholes.
    default Mask stored(SparsityPattern pattern, Mask nonZeros) {
        return nonZeros;
    }

    /// Bytes that elements and positions take in the file, exact, without encoding; the framing around them is not
    /// counted.
    ///
    /// @param nonZeros one without [#refusal]
    long encodedSize(DenseTensor tensor, Mask nonZeros);

    /// The stored form. It decodes to the elements of `tensor` that the mask keeps, bit for bit, and to zeros: what the
    /// tensor has in their place does not matter, so that a weight is pruned and stored in one go.
    Encoded encode(DenseTensor tensor, Mask nonZeros, Quantization quantization);
}
