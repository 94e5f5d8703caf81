package dev.espalier.sparse;

/// A tensor as the positions and values of its non-zero elements (ONNX SparseTensorProto with linear indices): element
/// `indexAt(k)`, counted row-major, is element k of `values()`; all others are zero bits.
public final class CooTensor implements Encoded {
    /// What a file of a few bytes may claim to be: decoded tensors stay below 2 GiB, as in ONNX Runtime.
    private static final long MAX_DECODED_BYTES = Integer.MAX_VALUE;

    private final Shape shape;
    private final long[] indices;
    private final DenseTensor values;

    private CooTensor(Shape shape, long[] indices, DenseTensor values) {
        this.shape = shape;
        this.indices = indices;
        this.values = values;
    }

    /// @param indices ascending, no duplicates, each below `shape.elementCount()`; handed over, not copied
    /// @param values shape [NNZ]
    /// @throws IllegalArgumentException if they are not so
    public static CooTensor of(Shape shape, long[] indices, DenseTensor values) {
        if (values.elementCount() != indices.length) {
            throw new IllegalArgumentException(indices.length + " indices, " + values.elementCount() + " values");
        }
        long last = -1;
        for (long index : indices) {
            if (index <= last || index >= shape.elementCount()) {
                throw new IllegalArgumentException("index " + index + " after " + last + " in " + shape);
            }
            last = index;
        }
        return new CooTensor(shape, indices, values);
    }

    /// @param nonZeros the elements to keep
    /// @throws IllegalArgumentException if the type is below 8 bits
    public static CooTensor of(DenseTensor tensor, Mask nonZeros) {
        long[] indices = new long[Math.toIntExact(nonZeros.keptCount())];
        DenseTensor values = DenseTensor.zeros(tensor.type(), Shape.of(indices.length));
        int[] stored = {0};
        KeptElements.visit(tensor, nonZeros, (from, count, places, bits) -> {
            for (int k = 0; k < count; k++) {
                indices[stored[0] + k] = from + places[k];
            }
            values.writeBits(stored[0], count, bits);
            stored[0] += count;
        });
        return new CooTensor(tensor.shape(), indices, values);
    }

    @Override
    public ElementType type() {
        return values.type();
    }

    @Override
    public Shape shape() {
        return shape;
    }

    /// The stored elements, shape [NNZ].
    public DenseTensor values() {
        return values;
    }

    /// Row-major position of stored element `k`.
    public long indexAt(int k) {
        return indices[k];
    }

    /// Number of stored elements.
    public int count() {
        return indices.length;
    }

    /// Whether [#decode] would take no more memory than a decoded tensor may.
    public boolean isDecodable() {
        return type().byteCount(shape.elementCount()) <= MAX_DECODED_BYTES;
    }

    /// @throws IllegalStateException unless [#isDecodable]
    @Override
    public DenseTensor decode() {
        if (!isDecodable()) {
            throw new IllegalStateException(type() + " " + shape + " is too large to decode");
        }
        DenseTensor dense = DenseTensor.zeros(type(), shape);
        for (int k = 0; k < indices.length; k++) {
            dense.setBits(indices[k], values.bitsAt(k));
        }
        return dense;
    }
}
