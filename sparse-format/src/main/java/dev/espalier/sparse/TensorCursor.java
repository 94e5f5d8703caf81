package dev.espalier.sparse;

/// Reads the elements of a tensor one after the other, a block at a time.
final class TensorCursor {
    private static final int BLOCK = 4096;

    private final DenseTensor tensor;
    private final long[] block = new long[BLOCK];
    private long read;
    private int at;
    private int end;

    TensorCursor(DenseTensor tensor) {
        this.tensor = tensor;
    }

    /// The next one; there must be one.
    long next() {
        if (at == end) {
            refill();
        }
        return block[at++];
    }

    private void refill() {
        end = (int) Math.min(BLOCK, tensor.elementCount() - read);
        tensor.readBits(read, end, block);
        read += end;
        at = 0;
    }
}
