package dev.espalier.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.onnx.Dimension;
import dev.espalier.onnx.Model;
import dev.espalier.onnx.ModelBuilder;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.onnx.OnnxWriter;
import dev.espalier.onnx.ValueType;
import dev.espalier.pruning.Sparsity;
import dev.espalier.pruning.channels.ChannelLayer;
import dev.espalier.pruning.channels.ChannelOptions;
import dev.espalier.pruning.channels.ChannelPlan;
import dev.espalier.pruning.channels.ChannelPlanner;
import dev.espalier.pruning.channels.ChannelRequest;
import dev.espalier.pruning.channels.ChannelStructure;
import dev.espalier.pruning.channels.ChannelWhy;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What cannot be done as asked is done as far as it can, and said.
final class ChannelRequestsTest {
    private static final ChannelOptions PORTS = new ChannelOptions(ChannelOptions.Attention.AUTO, false, false, true);

    @TempDir
    private Path folder;

    private static DenseTensor random(long... dims) {
        Shape shape = Shape.of(dims);
        float[] values = new float[(int) shape.elementCount()];
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble(-1, 1);
        }
        return DenseTensor.of(shape, values);
    }

    /// A convolution in groups between two that are not.
    private static ModelBuilder grouped(int width, int groups) {
        return ModelBuilder.opset(17)
                .input("x", ElementType.F32, 1, 3, 4, 4)
                .output("y", ElementType.F32, 1, 4, 4, 4)
                .initializer("a", random(width, 3, 1, 1))
                .initializer("b", random(width, width / groups, 1, 1))
                .initializer("c", random(4, width, 1, 1))
                .node("Conv", List.of("x", "a"), List.of("h"))
                .node("Conv", List.of("h", "b"), List.of("i"), "group", groups)
                .node("Conv", List.of("i", "c"), List.of("y"));
    }

    /// A share of each layer, rounded.
    static ChannelRequest request(String share, int roundTo) {
        ChannelRequest plain = ChannelRequest.of(Sparsity.parse(share));
        return new ChannelRequest(
                plain.share(),
                plain.budget(),
                plain.scope(),
                plain.method(),
                roundTo,
                1,
                plain.maxLayerShare(),
                false,
                List.of(),
                List.of(),
                List.of(),
                0);
    }

    private Path write(Model model) throws IOException {
        Path file = folder.resolve("model.onnx");
        OnnxWriter.write(model, file);
        return file;
    }

    private static ChannelPlan plan(Path file, ChannelRequest request) throws IOException {
        return ChannelPlanner.plan(ChannelStructure.of(OnnxReader.read(file), new OrtShapeProbe(file)), request);
    }

    private ChannelPlan exact(Path file, ChannelRequest request) throws IOException, ModelRunException {
        OrtShapeProbe probe = new OrtShapeProbe(file);
        ChannelPlan plan = plan(file, request);
        ChannelPlan twin = plan.on(ChannelStructure.of(OnnxReader.read(file), probe));
        Set<String> cut = plan.cutValues();
        plan.apply();
        twin.applyAsMask();
        assertThat(ChannelProof.between(plan.model(), twin.model(), cut, 3).isRounding())
                .isTrue();
        return plan;
    }

    private static long kept(ChannelPlan plan, int layer) {
        return plan.layers().get(layer).keptChannels();
    }

    @Test
    void neverEmptiesALayer() throws IOException, ModelRunException {
        Path file = write(grouped(12, 3).build());
        ChannelPlan plan = plan(file, request("1", 1));
        assertThat(plan.layers()).extracting(ChannelLayer::keptChannels).containsExactly(3L, 3L, 4L);
        assertThat(plan.notes()).anyMatch(note -> note.contains("as few as may stay"));
        exact(file, request("1", 1));
    }

    @Test
    void roundsEachBlockWhereItIsWideEnough() throws IOException, ModelRunException {
        Path file = write(grouped(48, 3).build());
        assertThat(kept(plan(file, request("0.6", 8)), 1)).isEqualTo(24);
        exact(file, request("0.6", 8));
    }

    @Test
    void roundsTheWholeAxisWhereBlocksAreNarrow() throws IOException, ModelRunException {
        Path file = write(grouped(24, 4).build());
        // Six in each of four blocks: a multiple of 8 is an even number in each.
        assertThat(kept(plan(file, request("0.5", 8)), 1)).isEqualTo(16);
        exact(file, request("0.5", 8));
    }

    @Test
    void givesRoundingUpWhereBlocksContradictIt() throws IOException, ModelRunException {
        Path file = write(grouped(15, 3).build());
        ChannelPlan plan = plan(file, request("0.4", 8));
        assertThat(kept(plan, 1)).isEqualTo(9);
        assertThat(plan.notes()).anyMatch(note -> note.contains("not rounded: no multiple of 8"));
        exact(file, request("0.4", 8));
    }

    @Test
    void freezesAxesWhoseSizesNothingTells() throws IOException {
        // The runtime does not know the operator, so nothing tells what comes out of it.
        Path file = write(ModelBuilder.opset(17)
                .opset("somewhere.else", 1)
                .input("x", ElementType.F32, 1, 3, 4, 4)
                .output("y", ElementType.F32, 1, 4, 4, 4)
                .initializer("a", random(8, 3, 1, 1))
                .initializer("b", random(4, 8, 1, 1))
                .node("Conv", List.of("x", "a"), List.of("h"))
                .node("somewhere.else", "Twist", List.of("h"), List.of("i"))
                .node("Conv", List.of("i", "b"), List.of("y"))
                .build());
        OrtShapeProbe probe = new OrtShapeProbe(file);
        ChannelStructure structure = ChannelStructure.of(OnnxReader.read(file), probe);
        assertThat(probe.failure()).contains("Twist");
        assertThat(ChannelPlanner.plan(structure, request("0.5", 1)).channels()).isZero();
        assertThat(ChannelWhy.of(structure, "a").toString()).contains("nothing tells the shape");
    }

    @Test
    void freezesAxesThatVary() throws IOException {
        Path file = write(ModelBuilder.opset(17)
                .input("x", ElementType.F32, "n", "width")
                .output("y", ElementType.F32, "n", "width")
                .initializer("a", random(1, 1))
                .node("Mul", List.of("x", "a"), List.of("y"))
                .build());
        assertThat(plan(file, request("0.5", 1)).channels()).isZero();
    }

    @Test
    void changesInputsAndOutputsOnlyIfTheyMay() throws IOException {
        Path file = write(grouped(12, 3).build());
        OrtShapeProbe probe = new OrtShapeProbe(file);
        ChannelPlan plan =
                ChannelPlanner.plan(ChannelStructure.of(OnnxReader.read(file), probe, PORTS), request("0.5", 1));
        assertThat(kept(plan, 2)).isEqualTo(2);
        plan.apply();
        assertThat(dims(plan.model(), "y")).containsExactly(1L, 2L, 4L, 4L);
        Path out = folder.resolve("out.onnx");
        OnnxWriter.write(plan.model(), out);
        assertThat(new OrtShapeProbe(out).observe()).isNotEmpty();
        assertThat(kept(plan(file, request("0.5", 1)), 2)).isEqualTo(4);
    }

    private static List<Long> dims(Model model, String output) {
        return switch (model.graph().value(output).orElseThrow().type()) {
            case ValueType.Tensor(var element, List<Dimension> dims) ->
                dims.stream().map(dim -> ((Dimension.Known) dim).size()).toList();
            default -> List.of();
        };
    }
}
