package dev.espalier.sparse;

import java.lang.foreign.MemorySegment;

/// All elements of a tensor, laid out as in a [DenseTensor], which need not be in memory at the same time.
public sealed interface DenseData extends Encoded permits DenseTensor, MaskedTensor {
    /// Number of bytes.
    long byteSize();

    /// Some of the bytes, for reading only.
    ///
    /// @param from the first, a multiple of 4096
    /// @param buffer of at least `count` bytes, where they may be put
    /// @return `count` bytes, which last as long as the buffer and are not touched otherwise
    MemorySegment piece(long from, int count, MemorySegment buffer);
}
