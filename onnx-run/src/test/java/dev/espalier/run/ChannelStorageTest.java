package dev.espalier.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.onnx.Model;
import dev.espalier.onnx.ModelBuilder;
import dev.espalier.onnx.MoveDataOut;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.onnx.OnnxWriter;
import dev.espalier.pruning.Sparsity;
import dev.espalier.pruning.channels.ChannelPlan;
import dev.espalier.pruning.channels.ChannelPlanner;
import dev.espalier.pruning.channels.ChannelRequest;
import dev.espalier.pruning.channels.ChannelStructure;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Channels go from weights in whatever form they are stored.
final class ChannelStorageTest {
    private static final int WIDTH = 600;

    @TempDir
    private Path folder;

    private static DenseTensor weight(ElementType type, long... dims) {
        Random random = new Random(7);
        long[] bits = random.doubles(Shape.of(dims).elementCount(), -1, 1)
                .mapToLong(value -> switch (type) {
                    case F16 -> Short.toUnsignedLong(Float.floatToFloat16((float) value));
                    case F64 -> Double.doubleToRawLongBits(value);
                    default -> Float.floatToRawIntBits((float) value);
                })
                .toArray();
        return DenseTensor.ofBits(type, Shape.of(dims), bits);
    }

    private static ModelBuilder layers(ElementType type, boolean isTyped) {
        ModelBuilder builder = ModelBuilder.opset(17).input("x", type, "N", 5);
        DenseTensor first = weight(type, 5, WIDTH);
        DenseTensor second = weight(type, WIDTH, 3);
        if (isTyped) {
            builder.typedInitializer("w", first).typedInitializer("v", second);
        } else {
            builder.initializer("w", first).initializer("v", second);
        }
        return builder.node("MatMul", List.of("x", "w"), List.of("a"))
                .node("MatMul", List.of("a", "v"), List.of("y"))
                .output("y", type, "N", 3);
    }

    private Path pruned(Path file) throws IOException, ModelRunException {
        OrtShapeProbe probe = new OrtShapeProbe(file);
        ChannelRequest request = ChannelRequest.of(Sparsity.parse("0.5"));
        ChannelPlan plan = ChannelPlanner.plan(ChannelStructure.of(OnnxReader.read(file), probe), request);
        ChannelPlan twin = plan.on(ChannelStructure.of(OnnxReader.read(file), probe));
        Set<String> cut = plan.cutValues();
        plan.apply();
        twin.applyAsMask();
        assertThat(ChannelProof.between(plan.model(), twin.model(), cut, 3).isRounding())
                .isTrue();
        Path out = folder.resolve("pruned.onnx");
        OnnxWriter.write(plan.model(), out);
        return out;
    }

    private static Shape shape(Path file, String weight) throws IOException {
        return OnnxReader.read(file)
                .graph()
                .value(weight)
                .orElseThrow()
                .constant()
                .orElseThrow()
                .shape();
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F64", "F16"})
    void fieldsOfTheirTypeLoseChannels(ElementType type) throws IOException, ModelRunException {
        Path file = folder.resolve("model.onnx");
        Files.write(file, layers(type, true).toBytes());
        assertThat(shape(pruned(file), "w")).isEqualTo(Shape.of(5, WIDTH / 2));
    }

    @Test
    void externalDataLosesChannels() throws IOException, ModelRunException {
        Path file = folder.resolve("model.onnx");
        Model model = layers(ElementType.F32, false).build();
        new MoveDataOut().apply(model);
        OnnxWriter.write(model, file, "weights.bin");
        assertThat(Files.size(folder.resolve("weights.bin"))).isPositive();
        Path out = pruned(file);
        assertThat(shape(out, "w")).isEqualTo(Shape.of(5, WIDTH / 2));
        assertThat(shape(out, "v")).isEqualTo(Shape.of(WIDTH / 2, 3));
    }
}
