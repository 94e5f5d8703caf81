package dev.espalier.sparse;

import java.util.Arrays;
import java.util.Objects;

/// How stored elements stand for numbers: `value = scale * (stored - zeroPoint)`, for the whole tensor or for each
/// index along one axis (ONNX DequantizeLinear, QLinearConv, MatMulInteger). A weight is pruned by storing its zero
/// point, and its zeros are the elements that equal it. Floats are [#NONE]: zero point 0, scale 1.
///
/// Zero points are kept as element bits, zero-extended, as [DenseTensor#readBits] gives them.
public final class Quantization {
    /// Elements stand for themselves.
    public static final Quantization NONE = new Quantization(Long.MAX_VALUE, new long[] {0}, new double[] {1}, true);

    private final long inner;
    private final long[] zeroPoints;
    private final double[] scales;
    private final boolean scaleKnown;

    private Quantization(long inner, long[] zeroPoints, double[] scales, boolean scaleKnown) {
        this.inner = inner;
        this.zeroPoints = zeroPoints;
        this.scales = scales;
        this.scaleKnown = scaleKnown;
    }

    /// One zero point and scale for all elements.
    public static Quantization perTensor(long zeroPointBits, double scale) {
        return new Quantization(Long.MAX_VALUE, new long[] {zeroPointBits}, new double[] {scale}, true);
    }

    /// One whose zero point is the byte that occurs most often; of several, the smallest.
    ///
    /// @param tensor of 8-bit elements
    public static Quantization ofMostFrequentByte(DenseTensor tensor) {
        long[] counts = new long[256];
        long[] block = new long[4096];
        for (long from = 0; from < tensor.elementCount(); from += block.length) {
            int count = (int) Math.min(block.length, tensor.elementCount() - from);
            tensor.readBits(from, count, block);
            for (int i = 0; i < count; i++) {
                counts[(int) block[i]]++;
            }
        }
        int most = 0;
        for (int i = 1; i < counts.length; i++) {
            most = counts[i] > counts[most] ? i : most;
        }
        return perTensor(most, 1).ofUnknownScale();
    }

    /// The same zero points with scales that nothing tells: magnitudes are in steps, and compare within the tensor
    /// only.
    public Quantization ofUnknownScale() {
        double[] steps = new double[scales.length];
        Arrays.fill(steps, 1);
        return new Quantization(inner, zeroPoints, steps, false);
    }

    /// One zero point and scale for each index along `axis`.
    ///
    /// @throws IllegalArgumentException if their number is not the size of that axis
    public static Quantization perAxis(Shape shape, int axis, long[] zeroPointBits, double[] scales) {
        if (zeroPointBits.length != shape.dim(axis) || scales.length != zeroPointBits.length) {
            throw new IllegalArgumentException(zeroPointBits.length + " zero points and " + scales.length
                    + " scales for axis " + axis + " of " + shape);
        }
        long inner = 1;
        for (int i = axis + 1; i < shape.rank(); i++) {
            inner *= shape.dim(i);
        }
        return new Quantization(Math.max(1, inner), zeroPointBits.clone(), scales.clone(), true);
    }

    /// Whether magnitudes can be compared with those of other tensors.
    public boolean isScaleKnown() {
        return scaleKnown;
    }

    /// Whether zero is stored as zero bits everywhere.
    public boolean isZeroAtZero() {
        return Arrays.stream(zeroPoints).allMatch(zero -> zero == 0);
    }

    /// Whether zero is stored as the same bits everywhere.
    public boolean hasOneZero() {
        return Arrays.stream(zeroPoints).allMatch(zero -> zero == zeroPoints[0]);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Quantization that
                && inner == that.inner
                && scaleKnown == that.scaleKnown
                && Arrays.equals(zeroPoints, that.zeroPoints)
                && Arrays.equals(scales, that.scales);
    }

    @Override
    public int hashCode() {
        return Objects.hash(inner, Arrays.hashCode(zeroPoints), Arrays.hashCode(scales));
    }

    /// Bits of the zero of element `index`.
    long zeroAt(long index) {
        return zeroPoints[channel(index)];
    }

    /// Scale of element `index`.
    double scaleAt(long index) {
        return scales[channel(index)];
    }

    /// How many elements from `index` on share one zero point and scale.
    long runAt(long index) {
        return inner - index % inner;
    }

    private int channel(long index) {
        return zeroPoints.length == 1 ? 0 : (int) (index / inner % zeroPoints.length);
    }
}
