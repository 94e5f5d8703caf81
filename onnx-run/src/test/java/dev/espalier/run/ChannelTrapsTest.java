package dev.espalier.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Dimension;
import dev.espalier.onnx.Model;
import dev.espalier.onnx.Node;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.onnx.OnnxWriter;
import dev.espalier.onnx.Value;
import dev.espalier.onnx.ValueType;
import dev.espalier.pruning.channels.ChannelGroupInfo;
import dev.espalier.pruning.channels.ChannelOptions;
import dev.espalier.pruning.channels.ChannelPlan;
import dev.espalier.pruning.channels.ChannelPlanner;
import dev.espalier.pruning.channels.ChannelRequest;
import dev.espalier.pruning.channels.ChannelStructure;
import dev.espalier.pruning.channels.ChannelWhy;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Mask;
import dev.espalier.sparse.Quantization;
import dev.espalier.sparse.Shape;
import dev.espalier.sparse.SparseEncodings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What has broken other tools that remove channels, one test or more for each trap, T1 to T20. Graphs that are
/// named here are among [ChannelGraphs], where [ChannelRulesTest] removes each of their channels alone.
final class ChannelTrapsTest {
    @TempDir
    private Path folder;

    /// Half of the channels of a graph of this name go, and its outputs are those of its masked twin.
    private ChannelPlan holds(String graph) throws IOException, ModelRunException {
        return holds(graph(graph));
    }

    private static Net graph(String name) {
        return ChannelGraphs.all().stream()
                .filter(net -> net.toString().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no graph '" + name + "'"));
    }

    private ChannelPlan holds(Net net) throws IOException, ModelRunException {
        Path file = folder.resolve("model.onnx");
        Files.write(file, net.builder().toBytes());
        return holds(file, net.options(), ChannelRequestsTest.request("0.5", 1));
    }

    private static ChannelPlan holds(Path file, ChannelOptions options, ChannelRequest request)
            throws IOException, ModelRunException {
        OrtShapeProbe probe = new OrtShapeProbe(file);
        ChannelPlan plan = ChannelPlanner.plan(ChannelStructure.of(OnnxReader.read(file), probe, options), request);
        ChannelPlan twin = plan.on(ChannelStructure.of(OnnxReader.read(file), probe, options));
        assertThat(plan.removedChannels()).as(file.toString()).isPositive();
        Set<String> cut = plan.cutValues();
        plan.apply();
        twin.applyAsMask();
        Difference difference = ChannelProof.between(plan.model(), twin.model(), cut, 3);
        assertThat(difference.isRounding()).as(difference.toString()).isTrue();
        return plan;
    }

    /// Nothing of a graph can go.
    private void isLeftAlone(Net net, String tensor, int axis, String reason) throws IOException {
        ChannelStructure structure = structure(net);
        assertThat(ChannelGroupInfo.of(structure)).isEmpty();
        assertThat(reason(structure, tensor, axis)).contains(reason);
    }

    private ChannelStructure structure(Net net) throws IOException {
        Path file = folder.resolve("model.onnx");
        Files.write(file, net.builder().toBytes());
        OrtShapeProbe probe = new OrtShapeProbe(file);
        ChannelStructure structure = ChannelStructure.of(OnnxReader.read(file), probe, net.options());
        assertThat(probe.failure()).isEmpty();
        return structure;
    }

    private static String reason(ChannelStructure structure, String tensor, int axis) {
        return ChannelWhy.of(structure, tensor).axes().get(axis).reason();
    }

    private static List<Long> dims(Model model, String tensor) {
        Value value = model.graph().value(tensor).orElseThrow();
        if (value.constant().isPresent()) {
            return Arrays.stream(value.constant().get().shape().dims()).boxed().toList();
        }
        return value.type() instanceof ValueType.Tensor(ElementType type, List<Dimension> dims)
                ? dims.stream()
                        .map(dim -> dim instanceof Dimension.Known(long size) ? size : -1L)
                        .toList()
                : List.of();
    }

    private static Constant constant(Model model, String tensor) {
        return model.graph().value(tensor).orElseThrow().constant().orElseThrow();
    }

    /// A convolution between two others.
    private static Net layers(String name, long opset) {
        return Net.image(name, opset)
                .conv("x", "a", 3, 8)
                .node("Relu", "a", "r")
                .conv("r", "y", 8, 4)
                .out("y", "N", 4, 6, 6);
    }

    // ------------------------------------------------------------------------------------------------ T1: scale

    @Test
    void t1TheScaleOfAnAttentionStaysWhatItWas() throws IOException, ModelRunException {
        holds("attention with a scale from sizes");
        holds("the same places of every head");
        // The scale itself is an output here: of heads of four places, two of which go, it stays 2.
        ChannelPlan plan = holds(AttentionGraphs.withScale("a scale that is given out"));
        assertThat(dims(plan.model(), "q_w")).containsExactly(8L, 4L);
    }

    // --------------------------------------------------------------------------------- T2: what several nodes read

    @Test
    void t2SharedConstantsAreCopiedBeforeTheyAreCut() throws IOException, ModelRunException {
        holds("a shape that two reshapes share");
        holds("a weight that is read twice");
        holds("a bias that two layers share");
        holds("a bias that is shared through Identity");
        holds("an embedding that is tied to the last layer");
        holds("two layers that share a weight and lose the same");
        holds("a weight that is given out");
    }

    // ------------------------------------------------------------------------------------------ T3: an open size

    @Test
    void t3AnOpenSizeStandsForWhateverAxis() throws IOException, ModelRunException {
        holds("channels flattened by a shape");
        holds("a shape that leaves the channels open");
        holds("a shape with zeros and an open size");
        holds("a shape that is computed");
    }

    // ---------------------------------------------------------------------------------- T4: versions of operators

    @Test
    void t4AttributesBecameOperandsFromVersionToVersion() throws IOException, ModelRunException {
        holds("halves of a split without sizes");
        holds("parts of a split by number");
        holds("parts of a split by an attribute");
        holds("squeezed by an attribute");
        holds("a channel that is squeezed in and out");
        holds("an old slice");
        holds("a mean over channels");
        holds("a mean over channels by an operand");
        holds("a maximum over space");
        holds("groups with a scale each");
        holds("normalization over groups");
    }

    // ------------------------------------------------------------------------------- T5: where constants are stored

    @Test
    void t5ConstantsMayBeNodesOrInputs() throws IOException, ModelRunException {
        holds("weights in Constant nodes");
        Net old = layers("weights that old files list as inputs", 8);
        old.builder().irVersion(3);
        listed(old);
        ChannelPlan plan = holds(old);
        assertThat(dims(plan.model(), "a_w")).containsExactly(4L, 3L, 1L, 1L);
        isLeftAlone(listed(layers("weights that callers may replace", 17)), "a", 1, "callers may replace it");
    }

    private static Net listed(Net net) {
        return net.input("a_w", ElementType.F32, 8, 3, 1, 1)
                .input("a_b", ElementType.F32, 8)
                .input("y_w", ElementType.F32, 4, 8, 1, 1)
                .input("y_b", ElementType.F32, 4);
    }

    // ---------------------------------------------------------------------------------------- T6: declared sizes

    @Test
    void t6DeclaredSizesFollow() throws IOException, ModelRunException {
        Net net = layers("declared sizes", 17);
        net.builder().declare("a", ElementType.F32, "N", 8, 6, 6).declare("r", ElementType.F32, "N", 8, 6, 6);
        Model pruned = holds(net).model();
        assertThat(dims(pruned, "a")).containsExactly(-1L, 4L, 6L, 6L);
        assertThat(dims(pruned, "r")).containsExactly(-1L, 4L, 6L, 6L);
        assertThat(dims(pruned, "y")).containsExactly(-1L, 4L, 6L, 6L);
    }

    // ----------------------------------------------------------------------- T7: outputs that only training needs

    @Test
    void t7OutputsOfTrainingAreCutToo() throws IOException, ModelRunException {
        holds("a dropout with its mask");
        holds("normalization as in training");
    }

    // ------------------------------------------------------------------------------------------------- T8: slopes

    @Test
    void t8SlopesAreAlignedAtTheRight() throws IOException, ModelRunException {
        holds("a slope for each channel");
        holds("a scalar slope");
        ChannelPlan plan = holds("a slope that is aligned at the right");
        assertThat(dims(plan.model(), "slope")).containsExactly(6L);
    }

    // ------------------------------------------------------------------------- T9: what stays without any list of it

    @Test
    void t9FirstInputsAndLastLayersStayByThemselves() throws IOException, ModelRunException {
        ChannelPlan anchors = holds("a head of anchors by classes");
        assertThat(dims(anchors.model(), "h_w")).containsExactly(6L, 4L, 1L, 1L);
        ChannelPlan scores = holds("scores of which the best are taken");
        assertThat(dims(scores.model(), "a_w")).containsExactly(4L, 3L, 1L, 1L);
        isLeftAlone(
                Net.image("one layer", 17).conv("x", "y", 3, 8).out("y", "N", 8, 6, 6),
                "y_w",
                0,
                "an output of the model");
    }

    // ------------------------------------------------------------------------------------- T10: several for each

    @Test
    void t10ADepthwiseConvolutionMayMakeSeveralOfEach() throws IOException, ModelRunException {
        ChannelPlan plan = holds("a depthwise convolution with a multiplier");
        assertThat(dims(plan.model(), "dw")).containsExactly(4L, 1L, 3L, 3L);
        assertThat(dims(plan.model(), "a_w")).containsExactly(2L, 3L, 1L, 1L);
    }

    // ------------------------------------------------------------------------------------------- T11: quantization

    @Test
    void t11ScalesAndPackedIntegersFollow() throws IOException, ModelRunException {
        holds("quantized along an axis");
        holds("quantized activations along an axis");
        holds("a quantized convolution");
        holds("scales for blocks of rows");
        // Of five columns of four bits in blocks an odd number stays, and its zero points fill no whole bytes.
        ChannelPlan plan = holds("a weight of four bits with zero points");
        assertThat(dims(plan.model(), "ws").getFirst() % 3).isZero();
        isLeftAlone(
                Net.of("dequantized from four bits", 21)
                        .in("N", 6)
                        .zeros(ElementType.I4, "q", 6, 5)
                        .floats("s", Shape.of(), .1f)
                        .node("DequantizeLinear", "q,s", "w")
                        .node("MatMul", "x,w", "a")
                        .dense("a", "y", 5, 3)
                        .out("y", "N", 3),
                "a",
                1,
                "are not sliced");
    }

    // -------------------------------------------------------------------------------------------- T12: stored forms

    /// [ChannelStorageTest] has fields of each type and external data.
    @Test
    void t12ExternalDataBehindTwoGigabytes() throws IOException, ModelRunException {
        Path file = folder.resolve("model.onnx");
        long far = (5L << 30) + 4096;
        Net net = Net.of("layers whose weights are far behind", 17).in("N", 3);
        try (FileChannel data = FileChannel.open(
                folder.resolve("weights.bin"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (Shape shape : List.of(Shape.of(3, 8), Shape.of(8, 4))) {
                ByteBuffer bytes = net.random(shape.dims()).data().asByteBuffer();
                net.builder().externalInitializer("w" + shape.dim(0), ElementType.F32, shape, "weights.bin", far);
                data.write(bytes, far);
                far += 4096;
            }
        }
        net.node("MatMul", "x,w3", "a").node("MatMul", "a,w8", "y").out("y", "N", 4);
        Files.write(file, net.builder().toBytes());
        ChannelPlan plan = holds(file, ChannelOptions.EXACT, ChannelRequestsTest.request("0.5", 1));
        Path out = folder.resolve("pruned.onnx");
        OnnxWriter.write(plan.model(), out);
        assertThat(new OrtShapeProbe(out).observe()).isNotEmpty();
        assertThat(dims(OnnxReader.read(out), "w3")).containsExactly(3L, 4L);
        assertThat(Files.size(folder.resolve("pruned.onnx.data"))).isLessThan(10_000);
    }

    @Test
    void t12SparseInitializersStaySparse() throws IOException, ModelRunException {
        Net net = Net.of("a sparse weight", 17).in("N", 16).dense("x", "a", 16, 40);
        var weight = net.random(40, 3);
        long[] bits = new long[120];
        weight.readBits(0, bits.length, bits);
        for (int i = 0; i < bits.length; i++) {
            bits[i] = i % 10 == 3 ? bits[i] : 0;
        }
        var sparse = DenseTensor.ofBits(weight.type(), weight.shape(), bits);
        net.builder()
                .initializer(
                        "w",
                        SparseEncodings.COO.encode(
                                sparse, Mask.ofBitsOtherThanZero(sparse, Quantization.NONE), Quantization.NONE));
        ChannelPlan plan = holds(net.node("MatMul", "a,w", "y").out("y", "N", 3));
        assertThat(constant(plan.model(), "w").isSparse()).isTrue();
        assertThat(dims(plan.model(), "w")).containsExactly(20L, 3L);
    }

    // --------------------------------------------------------------------------- T13: wishes that contradict each
    // other

    @Test
    void t13RoundingGivesWayToGroupsInAResidualStream() throws IOException, ModelRunException {
        Path file = folder.resolve("model.onnx");
        Files.write(
                file,
                Net.image("three groups of five in a residual stream", 17)
                        .conv("x", "a", 3, 15)
                        .weight("gw", 15, 5, 1, 1)
                        .node("Conv", "a,gw", "g", "group", 3)
                        .node("Add", "a,g", "c")
                        .conv("c", "y", 15, 4)
                        .out("y", "N", 4, 6, 6)
                        .builder()
                        .toBytes());
        ChannelPlan plan = holds(file, ChannelOptions.EXACT, ChannelRequestsTest.request("0.4", 8));
        assertThat(plan.notes()).anyMatch(note -> note.contains("not rounded: no multiple of 8"));
        assertThat(dims(plan.model(), "gw")).containsExactly(9L, 3L, 1L, 1L);
    }

    // ------------------------------------------------------------------------------------------- T14: two choices

    @Test
    void t14ReshapesThatHangTogetherChooseAlike() throws IOException, ModelRunException {
        holds("attention with a fixed scale");
        holds("the standard's attention with heads apart");
        holds("an axis that is taken apart in two ways");
        holds("an axis that is taken apart in two ways that cross");
        // All hang together then, and no axis may lose all.
        Net excluding = graph("an axis of which two reshapes leave different parts");
        assertThat(ChannelPlanner.plan(structure(excluding), ChannelRequestsTest.request("1", 1))
                        .removedChannels())
                .isZero();
    }

    // ---------------------------------------------------------------------------------------------- T15: all of it

    @Test
    void t15NoAxisLosesAll() throws IOException, ModelRunException {
        Net net = Net.image("channels that all hang together", 17)
                .conv("x", "a", 3, 4)
                .node("DepthToSpace", "a", "d", "blocksize", 2)
                .conv("d", "h", 1, 6)
                .conv("h", "y", 6, 4)
                .out("y", "N", 4, 12, 12);
        Path file = folder.resolve("model.onnx");
        Files.write(file, net.builder().toBytes());
        ChannelPlan plan = holds(file, ChannelOptions.EXACT, ChannelRequestsTest.request("1", 1));
        assertThat(dims(plan.model(), "a_w")).containsExactly(4L, 3L, 1L, 1L);
        assertThat(dims(plan.model(), "h_w")).containsExactly(1L, 1L, 1L, 1L);
    }

    // ---------------------------------------------------------------------------------------- T16: what is left over

    @Test
    void t16WhatNothingReadsAnyMoreGoesToo() throws IOException, ModelRunException {
        Model pruned = holds("a channel shuffle").model();
        assertThat(pruned.graph().nodes()).extracting(Node::operator).containsExactly("Conv", "Gather", "Conv");
        assertThat(pruned.graph().value("five")).isEmpty();
        assertThat(pruned.graph().value("four")).isEmpty();
    }

    // -------------------------------------------------------------------------------------------- T17: inner graphs

    @Test
    void t17InnerGraphsReadWhatIsAroundThem() throws IOException, ModelRunException {
        holds("branches with layers of declared sizes");
        holds("a loop that reads what is around it");
        holds("a loop with layers of declared sizes");
    }

    // --------------------------------------------------------------------------------------- T18: zero times infinite

    @Test
    void t18WhatGoesMayBeInfinite() throws IOException, ModelRunException {
        for (Net net : List.of(overflowing("logarithms", "Log", 1e3f), overflowing("powers", "Exp", 0))) {
            ChannelStructure structure = structure(net);
            Path file = folder.resolve("model.onnx");
            ChannelPlan plan = ChannelPlan.ofOne(structure, 2);
            ChannelPlan twin = plan.on(ChannelStructure.of(OnnxReader.read(file), new OrtShapeProbe(file)));
            Set<String> cut = plan.cutValues();
            plan.apply();
            twin.applyAsMask();
            assertThat(ChannelProof.between(plan.model(), twin.model(), cut, 3).isRounding())
                    .isTrue();
            // The original's outputs are no numbers, and these are.
            assertThat(ChannelProof.between(plan.model(), OnnxReader.read(file), Set.of(), 3)
                            .absolute())
                    .isInfinite();
        }
    }

    /// The function is not finite at channel 2.
    private static Net overflowing(String name, String function, float bias) {
        float[] biases = new float[8];
        Arrays.fill(biases, bias);
        biases[2] = bias == 0 ? 1e9f : -1e9f;
        return Net.image(name, 17)
                .weight("w", 8, 3, 1, 1)
                .floats("b", Shape.of(8), biases)
                .node("Conv", "x,w,b", "a")
                .node(function, "a", "l")
                .conv("l", "c", 8, 4)
                .integers("axes", 1)
                .node("ReduceSum", "l,axes", "s")
                .node("Add", "c,s", "y")
                .out("y", "N", 4, 6, 6);
    }

    // ------------------------------------------------------------------------------ T19: normalization of joined parts

    @Test
    void t19JoinedPartsAreScaledAndNormalizedAsOne() throws IOException, ModelRunException {
        holds("concatenation with normalization");
        holds("normalization after concatenation and a product");
    }

    // -------------------------------------------------------------------------------------- T20: the same tensor twice

    @Test
    void t20ANodeMayReadATensorTwice() throws IOException, ModelRunException {
        holds("the same tensor twice");
        holds("the same tensor twice in a concatenation");
        holds("a product with itself");
    }
}
