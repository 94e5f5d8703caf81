package dev.espalier.pruning;

import dev.espalier.onnx.Node;
import dev.espalier.pruning.WeightOperator.Operand;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The operators that multiply by weights, with the inputs where the weights are (ONNX operator schemas, and those of
/// ONNX Runtime's `com.microsoft`). To add one, add a line.
final class WeightOperators {
    private static final String MS = "com.microsoft";

    static final List<WeightOperator> ALL = List.of(
            WeightOperator.of("Conv", 1),
            WeightOperator.of("ConvTranspose", 1),
            WeightOperator.of("DeformConv", 1),
            WeightOperator.of("Gemm", 0, 1),
            WeightOperator.of("MatMul", 0, 1),
            WeightOperator.of("LSTM", 1, 2),
            WeightOperator.of("GRU", 1, 2),
            WeightOperator.of("RNN", 1, 2),
            WeightOperator.with("", "QLinearConv", Operand.quantized(3, 4, 5, 0)),
            WeightOperator.with("", "QLinearMatMul", Operand.quantized(0, 1, 2, -2), Operand.quantized(3, 4, 5, -1)),
            WeightOperator.with("", "ConvInteger", Operand.quantized(1, -1, 3, 0)),
            WeightOperator.with("", "MatMulInteger", Operand.quantized(0, -1, 2, -2), Operand.quantized(1, -1, 3, -1)),
            WeightOperator.of(MS, "FusedConv", 1),
            WeightOperator.of(MS, "NhwcFusedConv", 1),
            WeightOperator.of(MS, "FusedMatMul", 0, 1),
            WeightOperator.of(MS, "TransposeMatMul", 0, 1),
            WeightOperator.of(MS, "FusedGemm", 0, 1),
            WeightOperator.of(MS, "GemmFastGelu", 1),
            WeightOperator.of(MS, "FusedMatMulActivation", 0, 1),
            WeightOperator.of(MS, "Attention", 1),
            WeightOperator.of(MS, "PackedAttention", 1),
            WeightOperator.of(MS, "DecoderMaskedSelfAttention", 1),
            WeightOperator.of(MS, "LongformerAttention", 1, 4),
            WeightOperator.of(MS, "MoE", 2, 4, 6),
            WeightOperator.with(MS, "QLinearConv", Operand.quantized(3, 4, 5, 0)),
            WeightOperator.with(MS, "QGemm", Operand.quantized(3, 4, 5, -1)),
            WeightOperator.with(MS, "MatMulIntegerToFloat", Operand.quantized(1, 3, 5, -1)),
            WeightOperator.with(MS, "DynamicQuantizeMatMul", Operand.quantized(1, 2, 3, -1)),
            WeightOperator.with(MS, "QAttention", Operand.quantized(1, 4, 7, -1)),
            WeightOperator.with(
                    MS, "DynamicQuantizeLSTM", Operand.quantized(1, 8, 9, -1), Operand.quantized(2, 10, 11, -1)),
            WeightOperator.with(MS, "MatMulNBits", Operand.packed(1)),
            WeightOperator.with(MS, "MatMulBnb4", Operand.packed(1)));

    /// Operators that hand a weight on to the operator that multiplies by it, from their first input.
    static final Set<String> PASSING_ON = Set.of(
            "Identity",
            "Cast",
            "CastLike",
            "Transpose",
            "Reshape",
            "Flatten",
            "Squeeze",
            "Unsqueeze",
            "QuantizeLinear",
            "DequantizeLinear");

    /// Those of them that `com.microsoft` has too.
    static final Set<String> PASSING_ON_AT_MICROSOFT = Set.of("QuantizeLinear", "DequantizeLinear");

    private static final Map<String, WeightOperator> BY_NAME =
            ALL.stream().collect(Collectors.toMap(op -> op.domain() + "." + op.name(), Function.identity()));

    private WeightOperators() {}

    static Optional<WeightOperator> of(Node node) {
        return Optional.ofNullable(BY_NAME.get(node.domain() + "." + node.operator()));
    }
}
