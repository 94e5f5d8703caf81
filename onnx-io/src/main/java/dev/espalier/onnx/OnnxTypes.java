package dev.espalier.onnx;

import dev.espalier.sparse.ElementType;
import java.util.List;

/// TensorProto.DataType numbers and our element types.
final class OnnxTypes {
    /// Indexed by DataType; 0 is UNDEFINED.
    private static final List<ElementType> BY_NUMBER = List.of(
            ElementType.UNKNOWN,
            ElementType.F32,
            ElementType.U8,
            ElementType.I8,
            ElementType.U16,
            ElementType.I16,
            ElementType.I32,
            ElementType.I64,
            ElementType.STRING,
            ElementType.BOOL,
            ElementType.F16,
            ElementType.F64,
            ElementType.U32,
            ElementType.U64,
            ElementType.C64,
            ElementType.C128,
            ElementType.BF16,
            ElementType.F8E4M3FN,
            ElementType.F8E4M3FNUZ,
            ElementType.F8E5M2,
            ElementType.F8E5M2FNUZ,
            ElementType.U4,
            ElementType.I4,
            ElementType.F4E2M1,
            ElementType.F8E8M0,
            ElementType.U2,
            ElementType.I2,
            ElementType.F6E2M3,
            ElementType.F6E3M2);

    private OnnxTypes() {}

    static ElementType of(int number) {
        return number >= 0 && number < BY_NUMBER.size() ? BY_NUMBER.get(number) : ElementType.UNKNOWN;
    }

    /// @throws IllegalArgumentException for UNKNOWN, whose number is not known
    static int number(ElementType type) {
        int number = BY_NUMBER.indexOf(type);
        if (number <= 0) {
            throw new IllegalArgumentException(type + " has no number");
        }
        return number;
    }
}
