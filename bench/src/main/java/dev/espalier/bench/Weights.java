package dev.espalier.bench;

import dev.espalier.sparse.Cut;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Magnitudes;
import dev.espalier.sparse.Mask;
import dev.espalier.sparse.Quantization;
import dev.espalier.sparse.Shape;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ForkJoinPool;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// As many f32 weights as ResNet-50 has, once as one tensor and once as 50, and what is made of them when nine in ten
/// become zero.
@State(Scope.Benchmark)
public class Weights {
    static final int COUNT = 25_500_000;
    static final long ZEROS = COUNT / 10 * 9L;
    private static final int LAYERS = 50;
    private static final long SEED = 20_260_101;

    /// Parallel streams that are started in a pool stay in it: this is what `--threads 1` does.
    final ForkJoinPool oneThread = new ForkJoinPool(1);

    final DenseTensor tensor = DenseTensor.zeros(ElementType.F32, Shape.of(COUNT));
    final Magnitudes scores = Magnitudes.of(tensor, Quantization.NONE, 31);
    final List<DenseTensor> layers = new ArrayList<>();
    final List<Magnitudes> layerScores = new ArrayList<>();
    final MemorySegment copy =
            DenseTensor.zeros(ElementType.F32, Shape.of(COUNT)).data();

    Cut cut = new Cut(0, 0);
    Mask mask = Mask.ofNonZeros(tensor, Quantization.NONE);
    DenseTensor pruned = tensor;

    /// Fills the tensors.
    @Setup(Level.Trial)
    public void fill() {
        SplittableRandom random = new SplittableRandom(SEED);
        float[] values = new float[COUNT];
        for (int i = 0; i < COUNT; i++) {
            values[i] = (float) random.nextGaussian();
        }
        tensor.data().copyFrom(MemorySegment.ofArray(values));
        long bytes = tensor.data().byteSize() / LAYERS;
        for (int i = 0; i < LAYERS; i++) {
            DenseTensor layer = new DenseTensor(
                    ElementType.F32, Shape.of(COUNT / LAYERS), tensor.data().asSlice(i * bytes, bytes));
            layers.add(layer);
            layerScores.add(Magnitudes.of(layer, Quantization.NONE, 31));
        }
        cut = Cut.ofSmallest(List.of(scores), ZEROS);
        mask = Mask.ofKept(tensor.shape(), scores, cut);
        pruned = mask.applyTo(tensor, Quantization.NONE);
    }

    /// Ends the thread.
    @TearDown(Level.Trial)
    public void close() {
        oneThread.close();
    }
}
