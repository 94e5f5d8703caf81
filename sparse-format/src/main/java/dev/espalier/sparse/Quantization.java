package dev.espalier.sparse;

import java.util.Arrays;
import java.util.Objects;

/// How stored elements stand for numbers: `value = scale * (stored - zeroPoint)`, for the whole tensor, for each
/// index along one axis, or for each block of elements along one axis (ONNX DequantizeLinear, QLinearConv,
/// MatMulInteger; ONNX Runtime's MatMulNBits). A weight is pruned by storing its zero point, and its zeros are the
/// elements that equal it. Floats that stand for themselves are [#NONE]: zero point 0, scale 1.
///
/// Zero points are kept as element bits, zero-extended, as [DenseTensor#readBits] gives them.
public final class Quantization {
    /// Elements stand for themselves.
    public static final Quantization NONE = perTensor(0, 1);

    private final Places places;
    private final long[] zeroPoints;
    private final double[] scales;
    private final boolean scaleKnown;
    private final boolean oneZero;

    /// Where each zero point and scale belongs: element `i` has number
    /// `outer * outerStride + position / block * stride + i % inner * innerStride`, where `position` is its index
    /// along an axis of `length`, `inner` what one step along that axis spans, and `outer` counts the axes before.
    private record Places(long inner, long length, long block, long outerStride, long stride, long innerStride) {
        static final Places ONE = new Places(Long.MAX_VALUE, 1, 1, 0, 0, 0);

        int at(long index) {
            long position = index / inner;
            return (int) (position / length * outerStride
                    + position % length / block * stride
                    + index % inner * innerStride);
        }

        /// How many elements from `index` on have a number that is [#step] more than that of the one before.
        long runAt(long index) {
            if (inner > 1) {
                return inner - index % inner;
            }
            long position = index % length;
            return block == 1 ? length - position : Math.min(block - position % block, length - position);
        }

        int step() {
            return (int) (inner > 1 ? innerStride : block == 1 ? stride : 0);
        }
    }

    private Quantization(Places places, long[] zeroPoints, double[] scales, boolean scaleKnown) {
        this.places = places;
        this.zeroPoints = zeroPoints;
        this.scales = scales;
        this.scaleKnown = scaleKnown;
        this.oneZero = Arrays.stream(zeroPoints).allMatch(zero -> zero == zeroPoints[0]);
    }

    /// One zero point and scale for all elements.
    public static Quantization perTensor(long zeroPointBits, double scale) {
        return new Quantization(Places.ONE, new long[] {zeroPointBits}, new double[] {scale}, true);
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
        return new Quantization(places, zeroPoints, steps, false);
    }

    /// One zero point and scale for each index along `axis`.
    ///
    /// @throws IllegalArgumentException if their number is not the size of that axis
    public static Quantization perAxis(Shape shape, int axis, long[] zeroPointBits, double[] scales) {
        requireCounts(shape, axis, shape.dim(axis), zeroPointBits, scales);
        Grid grid = Grid.along(shape, axis);
        return new Quantization(
                new Places(Math.max(1, grid.columns()), Math.max(1, grid.rows()), 1, 0, 1, 0),
                zeroPointBits.clone(),
                scales.clone(),
                true);
    }

    /// One zero point and scale for each `block` elements that follow each other along `axis`, in the order
    /// of a tensor that is shorter along that axis (DequantizeLinear with a `block_size`). The last block may
    /// be shorter.
    ///
    /// @throws IllegalArgumentException if their number is not that of the blocks
    public static Quantization perBlock(Shape shape, int axis, long block, long[] zeroPointBits, double[] scales) {
        Grid grid = Grid.along(shape, axis);
        long blocks = Math.ceilDiv(grid.rows(), block);
        requireCounts(shape, axis, grid.outer() * blocks * grid.columns(), zeroPointBits, scales);
        return new Quantization(
                new Places(
                        Math.max(1, grid.columns()),
                        Math.max(1, grid.rows()),
                        block,
                        blocks * grid.columns(),
                        grid.columns(),
                        1),
                zeroPointBits.clone(),
                scales.clone(),
                true);
    }

    private static void requireCounts(Shape shape, int axis, long count, long[] zeroPoints, double[] scales) {
        if (zeroPoints.length != count || scales.length != count) {
            throw new IllegalArgumentException(zeroPoints.length + " zero points and " + scales.length
                    + " scales for axis " + axis + " of " + shape);
        }
    }

    /// Whether magnitudes can be compared with those of other tensors.
    public boolean isScaleKnown() {
        return scaleKnown;
    }

    /// Whether zero is stored as zero bits everywhere.
    public boolean isZeroAtZero() {
        return zeroPoints.length == 0 || (oneZero && zeroPoints[0] == 0);
    }

    /// Whether zero is stored as the same bits everywhere.
    public boolean hasOneZero() {
        return oneZero;
    }

    /// That of elements of a wider type, each of which is several elements of this one, side by side.
    ///
    /// @throws IllegalStateException unless [#hasOneZero]
    public Quantization repeated(ElementType narrow, ElementType wide) {
        if (!oneZero) {
            throw new IllegalStateException("several zeros");
        }
        long zero = 0;
        for (int bit = 0; bit < wide.bits(); bit += narrow.bits()) {
            zero |= zeroPoints[0] << bit;
        }
        return perTensor(zero, 1).ofUnknownScale();
    }

    /// Whether elements of both have their zeros stored as the same bits.
    public boolean hasZerosOf(Quantization other) {
        return (oneZero && other.oneZero)
                ? zeroPoints[0] == other.zeroPoints[0]
                : places.equals(other.places) && Arrays.equals(zeroPoints, other.zeroPoints);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Quantization that
                && places.equals(that.places)
                && scaleKnown == that.scaleKnown
                && Arrays.equals(zeroPoints, that.zeroPoints)
                && Arrays.equals(scales, that.scales);
    }

    @Override
    public int hashCode() {
        return Objects.hash(places, Arrays.hashCode(zeroPoints), Arrays.hashCode(scales));
    }

    /// Zero of element `index`.
    long zeroAt(long index) {
        return zeroPoints[placeOf(index)];
    }

    /// The number of the zero point and scale of element `index`; each of the [#runAt] elements from there on has one
    /// that is [#step] more.
    int placeOf(long index) {
        return places.at(index);
    }

    long runAt(long index) {
        return places.runAt(index);
    }

    int step() {
        return places.step();
    }

    /// The zero point of that number.
    long zero(int place) {
        return zeroPoints[place];
    }

    /// The scale of that number.
    double scale(int place) {
        return scales[place];
    }
}
