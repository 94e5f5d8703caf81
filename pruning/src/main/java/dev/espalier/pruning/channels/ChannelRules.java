package dev.espalier.pruning.channels;

import dev.espalier.onnx.Node;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The channel rules. To add one, write its class and add it here.
final class ChannelRules {
    static final List<ChannelRule> ALL = List.of(
            new ElementwiseRule(),
            new ConvRule(),
            new ConvTransposeRule(),
            new GemmRule(),
            new MatMulRule(),
            new BatchNormRule(),
            new PoolRule(),
            new NormRule(),
            new SkipNormRule(),
            new GroupNormRule(),
            new RecurrentRule(),
            new QuantizeRule(),
            new DynamicRangeRule(),
            new QuantizedConvRule(),
            new QuantizedGemmRule(),
            new QuantizedMatMulRule(),
            new QuantizedConcatRule(),
            new BlockProductRule(),
            new EinsumRule(),
            new AttentionRule(),
            new PackedAttentionRule(),
            new RotaryRule(),
            new SamplingRule(),
            new SoftmaxRule(),
            new ReduceRule(),
            new ReshapeRule(),
            new TransposeRule(),
            new DepthSpaceRule(),
            new ConcatRule(),
            new SplitRule(),
            new SliceRule(),
            new GatherRule(),
            new ScatterRule(),
            new ExpandRule(),
            new TileRule(),
            new PadRule(),
            new ResizeRule(),
            new ConstantOfShapeRule(),
            new ShapeRule());

    private static final Map<String, ChannelRule> BY_NAME = new HashMap<>();

    static {
        for (ChannelRule rule : ALL) {
            rule.operators().forEach(name -> BY_NAME.put(name, rule));
        }
    }

    private ChannelRules() {}

    /// The rule for a node; none if its operator has none.
    static Optional<ChannelRule> of(Node node) {
        String name = node.domain().isEmpty() ? node.operator() : node.domain() + "." + node.operator();
        return Optional.ofNullable(BY_NAME.get(name));
    }
}
