package dev.espalier.bench;

import dev.espalier.sparse.Block;
import dev.espalier.sparse.Cut;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Encoded;
import dev.espalier.sparse.Grid;
import dev.espalier.sparse.Magnitudes;
import dev.espalier.sparse.Mask;
import dev.espalier.sparse.NofM;
import dev.espalier.sparse.Pooling;
import dev.espalier.sparse.Quantization;
import dev.espalier.sparse.Scores;
import dev.espalier.sparse.Shape;
import dev.espalier.sparse.SparseEncoding;
import dev.espalier.sparse.SparseEncodings;
import dev.espalier.sparse.SparsityPattern;
import dev.espalier.sparse.Unstructured;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// How long the stored form of 16.8 million f32 weights (67.1 MB dense) takes on one thread, from the elements and the
/// mask of what stays, the exact size before it included.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 7, time = 1)
@Fork(
        value = 1,
        jvmArgs = {"-XX:+UseSerialGC", "-Xmx1g", "-XX:MaxDirectMemorySize=1g"})
@State(org.openjdk.jmh.annotations.Scope.Benchmark)
public class Encode {
    private static final int SIDE = 4096;
    private static final Shape SHAPE = Shape.of(SIDE, SIDE);

    /// The encoding with the zeros that it is for.
    @Param({"gap 0.9", "gap 0.95", "bitmap 0.5", "bitmap 0.8", "coo 0.9", "nofm 2:4", "blocks 4x4"})
    public String kind = "";

    private final DenseTensor tensor = DenseTensor.zeros(ElementType.F32, SHAPE);
    private SparseEncoding encoding = SparseEncodings.DENSE;
    private Mask mask = Mask.ofNonZeros(tensor, Quantization.NONE);

    /// Prunes by magnitude.
    @Setup
    public void prune() {
        SplittableRandom random = new SplittableRandom(1);
        float[] values = new float[SIDE * SIDE];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        tensor.data().copyFrom(MemorySegment.ofArray(values));
        encoding = SparseEncodings.named(kind.substring(0, kind.indexOf(' '))).orElseThrow();
        String zeros = kind.substring(kind.indexOf(' ') + 1);
        SparsityPattern pattern = switch (zeros) {
            case "2:4" -> new NofM(2, 4, Grid.along(SHAPE, 0));
            case "4x4" -> new Block(4, 4, Pooling.AVERAGE, new Grid(1, SIDE, SIDE));
            default -> new Unstructured();
        };
        double share = zeros.contains(".") ? Double.parseDouble(zeros) : 0.8;
        Scores scores = Magnitudes.of(tensor, Quantization.NONE, 31);
        Scores units = pattern.units(scores);
        Cut cut = Cut.ofSmallest(List.of(units), (long) (share * units.count()));
        mask = pattern.select(SHAPE, scores, units, cut);
    }

    /// The size, then the form.
    @Benchmark
    public Encoded sizeAndEncode() {
        return encoding.encodedSize(tensor, mask) < 0 ? tensor : encoding.encode(tensor, mask, Quantization.NONE);
    }
}
