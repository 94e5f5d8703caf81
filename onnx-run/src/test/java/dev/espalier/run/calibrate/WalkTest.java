package dev.espalier.run.calibrate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Graph;
import dev.espalier.onnx.ModelBuilder;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.run.TemporaryFolder;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is seen on a walk is what the whole model computes, whether anything could be kept or not.
final class WalkTest {
    private static final int BATCHES = 3;

    @TempDir
    private Path folder;

    /// A residual block whose weight goes through a Transpose: what that gives must not be kept.
    private Path model() throws Exception {
        Path file = folder.resolve("model.onnx");
        Files.write(
                file,
                ModelBuilder.opset(17)
                        .input("x", ElementType.F32, "n", 4)
                        .initializer("w1", random(1, 4, 4))
                        .initializer("w2", random(2, 4, 4))
                        .initializer("w3", random(3, 4, 4))
                        .node("Transpose", List.of("w3"), List.of("t3"))
                        .node("MatMul", List.of("x", "w1"), List.of("a"))
                        .node("Relu", List.of("a"), List.of("b"))
                        .node("MatMul", List.of("b", "w2"), List.of("c"))
                        .node("Add", List.of("c", "b"), List.of("d"))
                        .node("MatMul", List.of("d", "t3"), List.of("y"))
                        .output("y", ElementType.F32)
                        .toBytes());
        return file;
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1 << 20})
    void seesWhatTheModelComputes(long memory) throws Exception {
        Path file = model();
        Graph graph = OnnxReader.read(file).graph();
        Route route = Route.of(graph);
        List<Walk.Stop> stops = new ArrayList<>();
        for (String name : List.of("a", "c", "y")) {
            int place = route.behind(graph.value(name).orElseThrow());
            stops.add(new Walk.Stop(place, Set.of(name)));
        }
        try (TemporaryFolder work = TemporaryFolder.create();
                Walk walk = new Walk(file, Set.copyOf(stops), memory, work, 1)) {
            see(walk, stops.get(0), "a", file, Map.of());
            see(walk, stops.get(1), "c", file, Map.of());
            // Behind what is kept: nothing has to be run again.
            Constant other = Constant.of(random(9, 4, 4));
            Map<String, Constant> changes = Map.of("w3", other);
            walk.change("w3", other);
            assertThat(walk.isAtInputs()).isEqualTo(memory == 0);
            see(walk, stops.get(2), "y", file, changes);
            // Before it.
            walk.change("w1", Constant.of(random(10, 4, 4)));
            assertThat(walk.isAtInputs()).isTrue();
        }
    }

    private void see(Walk walk, Walk.Stop stop, String name, Path file, Map<String, Constant> changes)
            throws Exception {
        boolean isFed = walk.isAtInputs();
        try (Arena arena = Arena.ofShared();
                Piece whole = Piece.load(
                        file, changes, Map.of("x", ElementType.F32), Set.of(name), folder.resolve("w.onnx"), 1);
                Walk.Leg leg = walk.to(stop, BATCHES)) {
            for (int batch = 0; batch < BATCHES; batch++) {
                Map<String, DenseTensor> inputs = Map.of("x", random(20 + batch, 5, 4));
                Tensor seen = Objects.requireNonNull(
                        leg.run(isFed ? inputs : Map.of()).get(name));
                DenseTensor expected =
                        Objects.requireNonNull(whole.run(inputs, arena).get(name));
                assertThat(seen.values()).containsExactly(Tensor.of(expected).values());
            }
        }
    }

    private static DenseTensor random(long seed, int rows, int columns) {
        Random random = new Random(seed);
        float[] values = new float[rows * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return DenseTensor.of(Shape.of(rows, columns), values);
    }
}
