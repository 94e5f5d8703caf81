package dev.espalier.bench;

import dev.espalier.sparse.CooTensor;
import dev.espalier.sparse.Cut;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.Encoded;
import dev.espalier.sparse.Magnitudes;
import dev.espalier.sparse.Mask;
import dev.espalier.sparse.Quantization;
import dev.espalier.sparse.SparseEncodings;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;

/// What `prune` and `verify-sparsity` do to every weight, each on one thread.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 9, time = 1)
// The launcher's collector. Tensors of their own memory are freed by it, and must not pile up meanwhile.
@Fork(
        value = 1,
        jvmArgs = {"-XX:+UseSerialGC", "-Xmx1g", "-XX:MaxDirectMemorySize=1g"})
public class Kernels {
    /// The measure of all others: what the memory alone takes.
    @Benchmark
    public MemorySegment copyMemory(Weights weights) {
        return weights.copy.copyFrom(weights.tensor.data());
    }

    /// The smallest nine tenths of one tensor.
    @Benchmark
    public Cut cutOneTensor(Weights weights) {
        return weights.oneThread
                .submit(() -> Cut.ofSmallest(List.of(weights.scores), Weights.ZEROS))
                .join();
    }

    /// The smallest nine tenths of 50 tensors together.
    @Benchmark
    public Cut cutFiftyTensors(Weights weights) {
        return weights.oneThread
                .submit(() -> Cut.ofSmallest(weights.layerScores, Weights.ZEROS))
                .join();
    }

    /// What stays, by score.
    @Benchmark
    public Mask maskOfKept(Weights weights) {
        return Mask.ofKept(weights.tensor.shape(), weights.scores, weights.cut);
    }

    /// The pruned tensor, in new memory.
    @Benchmark
    public DenseTensor maskApplyTo(Weights weights) {
        return weights.mask.applyTo(weights.tensor, Quantization.NONE);
    }

    /// Where the zeros of a pruned tensor are.
    @Benchmark
    public Mask maskOfNonZeros(Weights weights) {
        return Mask.ofNonZeros(weights.pruned, Quantization.NONE);
    }

    /// The promise in the manifest.
    @Benchmark
    public String maskDigest(Weights weights) {
        return weights.mask.digest();
    }

    /// The sparse form of a pruned tensor.
    @Benchmark
    public CooTensor cooOf(Weights weights) {
        return CooTensor.of(weights.pruned, weights.mask);
    }

    /// From 50 tensors to 50 pruned ones: selecting and zeroing together.
    @Benchmark
    public List<DenseTensor> selectAndZero(Weights weights) {
        return weights.oneThread.submit(() -> prune(weights)).join();
    }

    /// The same, with what stays stored as `gap`, as `prune -s 0.9` does.
    @Benchmark
    public List<Encoded> selectAndStore(Weights weights) {
        return weights.oneThread.submit(() -> store(weights)).join();
    }

    private static List<Encoded> store(Weights weights) {
        List<Cut> cuts = Cut.ofSmallest(weights.layerScores, Weights.ZEROS).split(weights.layerScores);
        List<Encoded> stored = new ArrayList<>();
        for (int i = 0; i < cuts.size(); i++) {
            DenseTensor layer = weights.layers.get(i);
            Mask mask = Mask.ofKept(layer.shape(), weights.layerScores.get(i), cuts.get(i));
            stored.add(SparseEncodings.GAP.encode(layer, mask, Quantization.NONE));
        }
        return stored;
    }

    private static List<DenseTensor> prune(Weights weights) {
        List<Cut> cuts = Cut.ofSmallest(weights.layerScores, Weights.ZEROS).split(weights.layerScores);
        List<DenseTensor> pruned = new ArrayList<>();
        for (int i = 0; i < cuts.size(); i++) {
            DenseTensor layer = weights.layers.get(i);
            Magnitudes scores = weights.layerScores.get(i);
            pruned.add(Mask.ofKept(layer.shape(), scores, cuts.get(i)).applyTo(layer, Quantization.NONE));
        }
        return pruned;
    }
}
