package dev.espalier.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import dev.espalier.onnx.Graph;
import dev.espalier.onnx.ModelBuilder;
import dev.espalier.onnx.Node;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.sparse.Block;
import dev.espalier.sparse.Cut;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Encoded;
import dev.espalier.sparse.Grid;
import dev.espalier.sparse.Magnitudes;
import dev.espalier.sparse.Mask;
import dev.espalier.sparse.NofM;
import dev.espalier.sparse.PackedEncoding;
import dev.espalier.sparse.Pooling;
import dev.espalier.sparse.Quantization;
import dev.espalier.sparse.Scores;
import dev.espalier.sparse.Shape;
import dev.espalier.sparse.SparseEncodings;
import dev.espalier.sparse.SparsityPattern;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// ONNX Runtime makes of packed weights, by their nodes, what [dev.espalier.sparse.PackedTensor#decode] does: with
/// every node run, and with all of them folded.
final class PackedRuntimeTest {
    private static final List<OptLevel> LEVELS = List.of(OptLevel.NO_OPT, OptLevel.ALL_OPT);

    private static final List<ElementType> TYPES = List.of(
            ElementType.F32, ElementType.F64, ElementType.F16, ElementType.BF16, ElementType.I8, ElementType.U8);

    private static final List<Shape> SHAPES = List.of(
            Shape.of(),
            Shape.of(1),
            Shape.of(8),
            Shape.of(9),
            Shape.of(1, 1),
            Shape.of(13, 7),
            Shape.of(32, 32),
            Shape.of(3, 1, 500),
            Shape.of(5, 3, 3, 3),
            Shape.of(2, 3, 2, 3, 2));

    private static final double[] SHARES_OF_ZEROS = {0, 0.5, 0.9, 0.997, 1};

    /// The newest that the runtime knows well.
    private static final long NEW_OPSET = 25;

    @TempDir
    private Path folder;

    private static DenseTensor random(ElementType type, Shape shape, double zeros, long zero, Random random) {
        long[] bits = new long[(int) shape.elementCount()];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = random.nextDouble() < zeros ? zero : random.nextLong() | 1;
        }
        return DenseTensor.ofBits(type, shape, bits);
    }

    private static Encoded pack(DenseTensor tensor, PackedEncoding encoding, Quantization quantization) {
        return encoding.encode(tensor, Mask.ofNonZeros(tensor, quantization), quantization);
    }

    private Path save(ModelBuilder model) throws IOException {
        Path file = folder.resolve("model.onnx");
        Files.write(file, model.toBytes());
        return file;
    }

    /// Tensors of one type, of every shape and share of zeros; those of bytes also with a zero point.
    private static Map<DenseTensor, Quantization> tensors(ElementType type) {
        Random random = new Random(11);
        Map<DenseTensor, Quantization> tensors = new LinkedHashMap<>();
        for (Shape shape : SHAPES) {
            for (double zeros : SHARES_OF_ZEROS) {
                tensors.put(random(type, shape, zeros, 0, random), Quantization.NONE);
                if (type.bits() == 8) {
                    tensors.put(random(type, shape, zeros, 0x80, random), Quantization.perTensor(0x80, 1));
                }
            }
            patterns(shape, random).forEach(mask -> {
                Quantization quantization = type.bits() == 8 ? Quantization.perTensor(0x80, 1) : Quantization.NONE;
                tensors.put(mask.applyTo(random(type, shape, 0, 0, random), quantization), quantization);
            });
        }
        return tensors;
    }

    /// Masks that follow N:M and block patterns along each axis, with fillers, edges and groups left over in a byte.
    private static List<Mask> patterns(Shape shape, Random random) {
        List<Mask> masks = new ArrayList<>();
        Scores lots = Magnitudes.of(random(ElementType.I8, shape, 0.01, 0, random), Quantization.NONE, 63);
        for (int axis = 0; axis < shape.rank(); axis++) {
            Grid along = Grid.along(shape, axis);
            Grid matrix = new Grid(1, along.outer() * along.rows(), along.columns());
            for (SparsityPattern pattern : List.of(
                    new NofM(2, 4, along),
                    new NofM(1, 4, along),
                    new NofM(1, 3, along),
                    new NofM(2, 5, along),
                    new Block(3, 1, Pooling.AVERAGE, matrix),
                    new Block(1, 3, Pooling.MAXIMUM, matrix),
                    new Block(4, 5, Pooling.AVERAGE, matrix))) {
                Scores units = pattern.units(lots);
                Cut cut = Cut.ofSmallest(List.of(units), units.count() * 2 / 3);
                masks.add(pattern.cover(pattern.select(shape, lots, units, cut)));
            }
        }
        return masks;
    }

    private static boolean canPack(DenseTensor tensor, PackedEncoding encoding, Quantization quantization) {
        return encoding.refusal(tensor, Mask.ofNonZeros(tensor, quantization), quantization)
                .isEmpty();
    }

    private static Object[] dims(Shape shape) {
        return Arrays.stream(shape.dims()).boxed().toArray();
    }

    static Stream<Arguments> cases() {
        return SparseEncodings.PACKED.stream()
                .flatMap(encoding -> TYPES.stream()
                        .flatMap(type -> Stream.of((long) encoding.firstOpset(type), NEW_OPSET)
                                .map(opset -> Arguments.of(encoding, type, opset))));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void decodesEveryBit(PackedEncoding encoding, ElementType type, long opset) throws IOException, ModelRunException {
        Map<DenseTensor, Quantization> tensors = tensors(type);
        tensors.entrySet().removeIf(entry -> !canPack(entry.getKey(), encoding, entry.getValue()));
        assertThat(tensors).hasSizeGreaterThan(SHAPES.size());
        ModelBuilder model = ModelBuilder.opset(opset);
        Map<String, DenseTensor> expected = new LinkedHashMap<>();
        tensors.forEach((tensor, quantization) -> {
            String name = "w" + expected.size();
            model.initializer(name, pack(tensor, encoding, quantization))
                    .node("Identity", List.of(name), List.of(name + "_out"))
                    .output(name + "_out", type, dims(tensor.shape()));
            expected.put(name + "_out", tensor);
        });
        Path file = save(model);
        for (OptLevel level : LEVELS) {
            try (OrtModel loaded = OrtModel.load(file, SessionSettings.DEFAULT.at(level))) {
                Map<String, Output> outputs = loaded.run(Map.of());
                assertThat(outputs.keySet()).isEqualTo(expected.keySet());
                expected.forEach((name, tensor) -> {
                    Output.Numbers output = (Output.Numbers) Objects.requireNonNull(outputs.get(name));
                    String what = level + " " + name + " of " + tensor.shape();
                    assertThat(output.shape()).as(what).isEqualTo(tensor.shape().dims());
                    assertThat(MemorySegment.ofBuffer(output.bytes()).mismatch(tensor.data()))
                            .as(what)
                            .isEqualTo(-1);
                });
            }
        }
    }

    static Stream<Arguments> firsts() {
        return SparseEncodings.PACKED.stream()
                .flatMap(encoding -> TYPES.stream().map(type -> Arguments.of(encoding, type)));
    }

    @ParameterizedTest
    @MethodSource("firsts")
    void isRefusedOneVersionBeforeTheFirst(PackedEncoding encoding, ElementType type)
            throws IOException, ModelRunException {
        DenseTensor tensor = everyThirdRow(random(type, Shape.of(12, 7), 0, 0, new Random(3)), 0);
        Path file = save(ModelBuilder.opset(encoding.firstOpset(type) - 1)
                .initializer("w", pack(tensor, encoding, Quantization.NONE))
                .node("Shape", List.of("w"), List.of("y"))
                .output("y", ElementType.I64, 2));
        if (encoding.firstOpset(type) == 20 && type == ElementType.BF16) {
            // The standard's ConstantOfShape has no BF16 before 20; the runtime does not look at the attribute's type.
            OrtModel.load(file).close();
            return;
        }
        for (OptLevel level : LEVELS) {
            assertThatThrownBy(() -> OrtModel.load(file, SessionSettings.DEFAULT.at(level))
                            .close())
                    .isInstanceOf(ModelRunException.class);
        }
    }

    /// Zeros that every encoding can store.
    private static DenseTensor everyThirdRow(DenseTensor tensor, long zero) {
        long[] bits = new long[(int) tensor.elementCount()];
        tensor.readBits(0, bits.length, bits);
        long columns = tensor.elementCount() / tensor.shape().dim(0);
        for (int i = 0; i < bits.length; i++) {
            bits[i] = i / columns % 3 == 1 ? bits[i] : zero;
        }
        return DenseTensor.ofBits(tensor.type(), tensor.shape(), bits);
    }

    /// One weight of bytes is dequantized and multiplied, one is used as it is.
    private static ModelBuilder quantized(Encoded product, Encoded convolution) {
        return ModelBuilder.opset(17)
                .input("x", ElementType.F32, 2, 48)
                .input("image", ElementType.F32, 1, 3, 9, 9)
                .initializer("product", product)
                .initializer("convolution", convolution)
                .initializer("scale", DenseTensor.of(Shape.of(), 0.0078125f))
                .initializer("wide", DenseTensor.of(Shape.of(), 0.03125f))
                .initializer("zero", DenseTensor.ofBits(ElementType.U8, Shape.of(), 0x80))
                .node("DequantizeLinear", List.of("product", "scale", "zero"), List.of("floats"))
                .node("MatMul", List.of("x", "floats"), List.of("y"))
                .node("QuantizeLinear", List.of("image", "scale", "zero"), List.of("bytes"))
                .node(
                        "QLinearConv",
                        List.of("bytes", "scale", "zero", "convolution", "scale", "zero", "wide", "zero"),
                        List.of("z"))
                .output("y", ElementType.F32, 2, 31)
                .output("z", ElementType.U8, 1, 6, 7, 7);
    }

    private Map<String, Output> run(ModelBuilder model, OptLevel level) throws IOException, ModelRunException {
        Graph graph = model.build().graph();
        Map<String, OnnxTensor> inputs = new RandomInputs(0, RandomInputs.GUESSES.getFirst()).of(graph);
        try (OrtModel loaded = OrtModel.load(save(model), SessionSettings.DEFAULT.at(level))) {
            return loaded.run(inputs);
        } finally {
            inputs.values().forEach(OnnxTensor::close);
        }
    }

    @ParameterizedTest
    @MethodSource("encodings")
    void quantizedWeightsComputeWhatTheyDoWhenTheyAreDense(PackedEncoding encoding)
            throws IOException, ModelRunException {
        Random random = new Random(5);
        DenseTensor product = everyThirdRow(random(ElementType.U8, Shape.of(48, 31), 0, 0, random), 0x80);
        DenseTensor convolution = everyThirdRow(random(ElementType.U8, Shape.of(6, 3, 3, 3), 0, 0, random), 0x80);
        Quantization quantization = Quantization.perTensor(0x80, 1);
        ModelBuilder packed =
                quantized(pack(product, encoding, quantization), pack(convolution, encoding, quantization));
        for (OptLevel level : LEVELS) {
            Map<String, Output> dense = run(quantized(product, convolution), level);
            assertThat(run(packed, level)).as(level.toString()).isEqualTo(dense);
            assertThat(dense).hasSize(2);
        }
    }

    /// Weights of bytes with a zero point, between QuantizeLinear and DequantizeLinear.
    private static ModelBuilder quantizedAround(ElementType type, long zero, Encoded product, Encoded convolution) {
        return ModelBuilder.opset(17)
                .input("x", ElementType.F32, 2, 48)
                .input("image", ElementType.F32, 1, 3, 9, 9)
                .initializer("product", product)
                .initializer("convolution", convolution)
                .initializer("scale", DenseTensor.of(Shape.of(), 0.0078125f))
                .initializer("zero", DenseTensor.ofBits(type, Shape.of(), zero))
                .initializer("middle", DenseTensor.ofBits(ElementType.U8, Shape.of(), 0x80))
                .node("DequantizeLinear", List.of("product", "scale", "zero"), List.of("floats"))
                .node("MatMul", List.of("x", "floats"), List.of("y"))
                .node("QuantizeLinear", List.of("image", "scale", "middle"), List.of("bytes"))
                .node("DequantizeLinear", List.of("bytes", "scale", "middle"), List.of("pixels"))
                .node("DequantizeLinear", List.of("convolution", "scale", "zero"), List.of("kernel"))
                .node("Conv", List.of("pixels", "kernel"), List.of("sums"))
                .node("QuantizeLinear", List.of("sums", "scale", "middle"), List.of("rounded"))
                .node("DequantizeLinear", List.of("rounded", "scale", "middle"), List.of("z"))
                .output("y", ElementType.F32, 2, 31)
                .output("z", ElementType.F32, 1, 6, 7, 7);
    }

    private List<String> operatorsAfterOptimization(ModelBuilder model) throws IOException, ModelRunException {
        Path file = save(model);
        Path saved = new Resaver.Optimizer(OptLevel.ALL_OPT, false)
                .save(file, folder)
                .readable();
        return OnnxReader.read(saved).graph().nodes().stream()
                .map(Node::operator)
                .sorted()
                .toList();
    }

    @ParameterizedTest
    @MethodSource("encodings")
    void theRuntimeFusesPackedBytesAsItDoesDenseOnes(PackedEncoding encoding) throws IOException, ModelRunException {
        Random random = new Random(6);
        for (ElementType type : List.of(ElementType.U8, ElementType.I8)) {
            long zero = type == ElementType.U8 ? 0x80 : 0;
            DenseTensor product = everyThirdRow(random(type, Shape.of(48, 31), 0, 0, random), zero);
            DenseTensor convolution = everyThirdRow(random(type, Shape.of(6, 3, 3, 3), 0, 0, random), zero);
            Quantization quantization = Quantization.perTensor(zero, 1);
            List<String> dense = operatorsAfterOptimization(quantizedAround(type, zero, product, convolution));
            ModelBuilder packed = quantizedAround(
                    type, zero, pack(product, encoding, quantization), pack(convolution, encoding, quantization));
            assertThat(operatorsAfterOptimization(packed)).isEqualTo(dense);
            assertThat(dense).contains("QLinearConv").doesNotContain("Conv");
            assertThat(run(packed, OptLevel.ALL_OPT))
                    .isEqualTo(run(quantizedAround(type, zero, product, convolution), OptLevel.ALL_OPT));
        }
    }

    static Stream<PackedEncoding> encodings() {
        return SparseEncodings.PACKED.stream();
    }
}
