package dev.espalier.sparse;

/// Writes the elements of a tensor one after the other, a block at a time.
final class TensorAppender implements AutoCloseable {
    private static final int BLOCK = 4096;

    private final DenseTensor tensor;
    private final long[] block = new long[BLOCK];
    private long written;
    private int count;

    /// @param tensor as many elements as will be put
    TensorAppender(DenseTensor tensor) {
        this.tensor = tensor;
    }

    void put(long bits) {
        if (count == BLOCK) {
            close();
        }
        block[count++] = bits;
    }

    /// Puts the first of some, at most a block of them.
    void put(long[] bits, int first) {
        if (count + first > BLOCK) {
            close();
        }
        System.arraycopy(bits, 0, block, count, first);
        count += first;
    }

    /// Whether nothing has been put.
    boolean isEmpty() {
        return written + count == 0;
    }

    /// Writes what is left.
    @Override
    public void close() {
        tensor.writeBits(written, count, block);
        written += count;
        count = 0;
    }
}
