package dev.espalier.pruning;

import java.util.Arrays;
import java.util.List;

/// An operator that multiplies by weights.
///
/// @param domain empty for the standard's own
/// @param name the operator
/// @param operands its weights
record WeightOperator(String domain, String name, List<Operand> operands) {
    /// An input that takes a weight.
    ///
    /// @param input its index
    /// @param scale index of the input with its scale; -1 if there is none
    /// @param zeroPoint index of the input with its zero point; -1 if there is none
    /// @param axis the axis along which these may vary; negative counts from the end
    /// @param isPacked whether a stored byte is not one element but parts of several
    record Operand(int input, int scale, int zeroPoint, int axis, boolean isPacked) {
        static Operand plain(int input) {
            return new Operand(input, -1, -1, 0, false);
        }

        static Operand quantized(int input, int scale, int zeroPoint, int axis) {
            return new Operand(input, scale, zeroPoint, axis, false);
        }

        static Operand packed(int input) {
            return new Operand(input, -1, -1, 0, true);
        }

        boolean isQuantized() {
            return zeroPoint >= 0 || scale >= 0;
        }
    }

    static WeightOperator of(String name, int... inputs) {
        return of("", name, inputs);
    }

    static WeightOperator of(String domain, String name, int... inputs) {
        return new WeightOperator(
                domain, name, Arrays.stream(inputs).mapToObj(Operand::plain).toList());
    }

    static WeightOperator with(String domain, String name, Operand... operands) {
        return new WeightOperator(domain, name, List.of(operands));
    }
}
