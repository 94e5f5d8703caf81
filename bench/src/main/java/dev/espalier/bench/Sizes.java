package dev.espalier.bench;

import dev.espalier.sparse.Cut;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Magnitudes;
import dev.espalier.sparse.Mask;
import dev.espalier.sparse.Quantization;
import dev.espalier.sparse.Shape;
import dev.espalier.sparse.SparseEncoding;
import dev.espalier.sparse.SparseEncodings;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/// How small 16.8 million normally distributed f32 weights become, against what no lossless form of random values can
/// be
/// smaller than, and how much of a core encoding them takes, against a copy of the dense weights in the same run.
public final class Sizes {
    private static final int SIDE = 4096;
    private static final long COUNT = (long) SIDE * SIDE;
    private static final Shape SHAPE = Shape.of(SIDE, SIDE);
    private static final int RUNS = 7;
    private static final List<SparseEncoding> ENCODINGS =
            List.of(SparseEncodings.GAP, SparseEncodings.BITMAP, SparseEncodings.COO);

    private Sizes() {}

    /// Prints a table.
    ///
    /// @param args none
    public static void main(String[] args) {
        DenseTensor tensor = random();
        Magnitudes scores = Magnitudes.of(tensor, Quantization.NONE, 31);
        long copy = leastNanos(
                () -> DenseTensor.zeros(ElementType.F32, SHAPE).data().copyFrom(tensor.data()));
        double denseMega = tensor.data().byteSize() / 1e6;
        System.out.printf(Locale.ROOT, "dense %.1f MB, a copy takes %.1f ms of a core%n%n", denseMega, copy / 1e6);
        System.out.printf("%-8s%-8s%9s%12s%14s%8s%n", "zeros %", "form", "MB", "over bound", "encode, MB/s", "x copy");
        for (double share : new double[] {0.5, 0.8, 0.9, 0.95}) {
            Mask mask = Mask.ofKept(SHAPE, scores, Cut.ofSmallest(List.of(scores), Math.round(share * COUNT)));
            for (SparseEncoding encoding : ENCODINGS) {
                long size = encoding.encodedSize(tensor, mask);
                long nanos = leastNanos(() -> encoding.encode(tensor, mask, Quantization.NONE));
                System.out.printf(
                        Locale.ROOT,
                        "%-8.0f%-8s%9.2f%10.1f %%%14.0f%8.1f%n",
                        100 * share,
                        encoding.name(),
                        size / 1e6,
                        100 * (size / bound(share) - 1),
                        denseMega / (nanos / 1e9),
                        (double) nanos / copy);
            }
        }
    }

    private static DenseTensor random() {
        SplittableRandom random = new SplittableRandom(1);
        float[] values = new float[(int) COUNT];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        DenseTensor tensor = DenseTensor.zeros(ElementType.F32, SHAPE);
        tensor.data().copyFrom(MemorySegment.ofArray(values));
        return tensor;
    }

    /// Bytes of the values that stay and of the entropy of which these are.
    private static double bound(double share) {
        double kept = 1 - share;
        double entropy = -(kept * Math.log(kept) + share * Math.log(share)) / Math.log(2);
        return COUNT * (Float.BYTES * kept + entropy / 8);
    }

    /// Of this thread's processor time.
    private static long leastNanos(Runnable work) {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < RUNS; i++) {
            long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            work.run();
            least = Math.min(least, ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start);
        }
        return least;
    }
}
