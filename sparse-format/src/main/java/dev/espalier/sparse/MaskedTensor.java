package dev.espalier.sparse;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A tensor with its zero stored where a mask has one, made piece by piece when it is written: a pruned weight of
/// gigabytes takes a bit for each element until then, which is outside of the Java heap.
public final class MaskedTensor implements DenseData {
    private final DenseTensor source;
    private final Quantization quantization;
    private final MemorySegment bits;

    /// Elements of 6 bits, which pieces would cut apart, are made at once.
    ///
    /// @throws IllegalArgumentException if the shapes differ
    static DenseData of(DenseTensor source, Mask kept, Quantization quantization) {
        if (!source.shape().equals(kept.shape())) {
            throw new IllegalArgumentException("a mask of shape " + kept.shape() + " for " + source.shape());
        }
        boolean isCut = source.type().bits() % 8 != 0 && 8 % source.type().bits() != 0;
        return isCut ? kept.applyTo(source, quantization) : new MaskedTensor(source, kept, quantization);
    }

    private MaskedTensor(DenseTensor source, Mask kept, Quantization quantization) {
        this.source = source;
        this.quantization = quantization;
        this.bits = Arena.ofAuto().allocate(Math.max(1, Math.ceilDiv(source.elementCount(), 8L)));
        kept.copyTo(bits.asSlice(0, Math.ceilDiv(source.elementCount(), 8L)));
    }

    @Override
    public ElementType type() {
        return source.type();
    }

    @Override
    public Shape shape() {
        return source.shape();
    }

    @Override
    public long byteSize() {
        return source.byteSize();
    }

    @Override
    public DenseTensor decode() {
        return Mask.ofBits(source.shape(), bits).applyTo(source, quantization);
    }

    @Override
    public MemorySegment piece(long from, int count, MemorySegment buffer) {
        MemorySegment to = buffer.asSlice(0, count);
        to.fill((byte) 0);
        long first = from * 8 / type().bits();
        Shape shape = Shape.of(Math.min(source.elementCount() - first, count * 8L / type().bits()));
        DenseTensor here = new DenseTensor(type(), shape, source.data().asSlice(from, count));
        Mask kept = Mask.ofBits(shape, bits.asSlice(first / 8, Math.ceilDiv(shape.elementCount(), 8L)));
        Masking.copy(kept, here, quantization, first, new DenseTensor(type(), shape, to));
        return to;
    }
}
