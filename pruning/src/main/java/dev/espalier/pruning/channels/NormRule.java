package dev.espalier.pruning.channels;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Node;
import dev.espalier.onnx.Value;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.util.List;

/// Normalization over the last axes. The mean that LayerNormalization subtracts would be another one, so its
/// axes are frozen. Root mean squares (RMSNormalization) are exact for fewer indices when the scale and
/// epsilon are corrected: with n of which m stay, scale' = scale sqrt(n / m) and epsilon' = epsilon n / m. If
/// told, LayerNormalization loses indices too, and normalizes over what stays.
final class NormRule implements ChannelRule {
    private static final float EPSILON = 1e-5f;

    @Override
    public List<String> operators() {
        return List.of("LayerNormalization", "RMSNormalization", "SimplifiedLayerNormalization");
    }

    @Override
    public void link(ChannelOp op, ChannelLinks links) {
        ChannelTensor x = op.in(0);
        ChannelTensor y = op.out(0);
        int first = OtherAxes.of(op.attribute("axis", -1), x.rank());
        for (int axis = 0; axis < first; axis++) {
            links.align(x.axis(axis), y.axis(axis));
            // Means and deviations, which have size 1 along the normalized axes.
            for (int i = 1; i < op.outputCount(); i++) {
                int each = axis;
                op.optionalOut(i).ifPresent(out -> links.align(x.axis(each), out.axis(each)));
            }
        }
        boolean isLossy = isLossy(op, links.options());
        boolean isExact = !op.node().isOperator("LayerNormalization") && first == x.rank() - 1 && canScale(op, 1);
        if (isExact || isLossy) {
            links.align(x.axis(first), y.axis(first));
            links.align(x.axis(first), op.in(1).axis(0));
            op.optionalIn(2).ifPresent(bias -> links.align(x.axis(first), bias.axis(0)));
        }
        if (isExact) {
            links.sum(op, x.axis(first));
        }
    }

    /// Whether it is a LayerNormalization that may lose indices.
    private static boolean isLossy(ChannelOp op, ChannelOptions options) {
        boolean isAlone = op.outputCount() == 1
                || op.outs()
                        .skip(1)
                        .allMatch(out ->
                                out.value().uses().isEmpty() && !out.value().isOutput());
        return options.lossyNorms()
                && op.node().isOperator("LayerNormalization")
                && OtherAxes.of(op.attribute("axis", -1), op.in(0).rank())
                        == op.in(0).rank() - 1
                && isAlone
                && canScale(op, 1);
    }

    @Override
    public void rewriteMasked(ChannelOp op, ChannelCut cut) {
        Axis normalized = op.in(0).axis(-1);
        if (cut.isCut(normalized) && isLossy(op, cut.options())) {
            Node node = op.node();
            MaskedNorm.replace(
                    op,
                    normalized,
                    node.input(0).orElseThrow(),
                    node.input(1).orElseThrow(),
                    node.input(2),
                    op.real("epsilon", EPSILON),
                    cut);
        }
    }

    /// Whether the scale is a vector that can be corrected.
    static boolean canScale(ChannelOp op, int scale) {
        return op.in(scale).isStored() && op.in(scale).rank() == 1 && op.elementType(scale) == ElementType.F32;
    }

    @Override
    public void rewrite(ChannelOp op, ChannelCut cut) {
        if (!op.node().isOperator("LayerNormalization")) {
            rescale(op, 1, cut);
        }
    }

    /// Corrects the scale, which is this input, and epsilon for fewer indices.
    static void rescale(ChannelOp op, int input, ChannelCut cut) {
        Axis normalized = op.in(0).axis(op.in(0).rank() - 1);
        if (!cut.isCut(normalized)) {
            return;
        }
        double ratio = (double) normalized.size() / cut.count(normalized);
        cut.setReal(op, "epsilon", (float) (op.real("epsilon", EPSILON) * ratio));
        DenseTensor scale = op.in(input).source().constant().orElseThrow().decode();
        int[] kept = cut.kept(normalized);
        float[] scaled = new float[kept.length];
        for (int i = 0; i < kept.length; i++) {
            scaled[i] = (float) (Float.intBitsToFloat((int) scale.bitsAt(kept[i])) * Math.sqrt(ratio));
        }
        Value replacement = cut.patch()
                .addInitializer(
                        op.node().graph(),
                        op.in(input).source().name() + "_cut",
                        Constant.Dense.raw(DenseTensor.of(Shape.of(kept.length), scaled)));
        cut.patch().setInput(op.node(), input, replacement);
    }
}
