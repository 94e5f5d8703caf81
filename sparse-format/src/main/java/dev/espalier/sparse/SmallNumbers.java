package dev.espalier.sparse;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The numbers that elements of at most 16 bits stand for which may have a scale: integers, and the float formats of
/// ONNX
/// (FP8 of arXiv 2209.05433 and arXiv 2206.02915, FP6 and FP4 of the OCP Microscaling specification).
final class SmallNumbers {
    private static final Map<ElementType, double[]> TABLES = new ConcurrentHashMap<>();

    private SmallNumbers() {}

    /// Whether elements of the type are such numbers, zero among them.
    static boolean has(ElementType type) {
        return switch (type) {
            case I16, U16, I8, U8, I4, U4, I2, U2 -> true;
            case F8E4M3FN, F8E4M3FNUZ, F8E5M2, F8E5M2FNUZ, F6E2M3, F6E3M2, F4E2M1 -> true;
            default -> false;
        };
    }

    /// By the bits of an element, zero-extended. Not to be written to.
    ///
    /// @throws IllegalArgumentException unless [#has]
    static double[] of(ElementType type) {
        return TABLES.computeIfAbsent(type, SmallNumbers::table);
    }

    private static double[] table(ElementType type) {
        if (!has(type)) {
            throw new IllegalArgumentException("no table of " + type);
        }
        double[] numbers = new double[1 << type.bits()];
        for (int bits = 0; bits < numbers.length; bits++) {
            numbers[bits] = number(type, bits);
        }
        return numbers;
    }

    private static double number(ElementType type, int bits) {
        return switch (type) {
            case I16, I8, I4, I2 -> bits << (Integer.SIZE - type.bits()) >> (Integer.SIZE - type.bits());
            case U16, U8, U4, U2 -> bits;
            case F8E4M3FN -> (bits & 0x7F) == 0x7F ? Double.NaN : real(bits, 4, 3, 7);
            case F8E5M2 ->
                (bits & 0x7C) != 0x7C
                        ? real(bits, 5, 2, 15)
                        : (bits & 3) != 0
                                ? Double.NaN
                                : bits > 0x7F ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
            case F8E4M3FNUZ -> bits == 0x80 ? Double.NaN : real(bits, 4, 3, 8);
            case F8E5M2FNUZ -> bits == 0x80 ? Double.NaN : real(bits, 5, 2, 16);
            case F6E2M3 -> real(bits, 2, 3, 1);
            case F6E3M2 -> real(bits, 3, 2, 3);
            case F4E2M1 -> real(bits, 2, 1, 1);
            default -> throw new IllegalArgumentException(type + " has no numbers");
        };
    }

    /// Sign, exponent, mantissa, from the high bits down.
    private static double real(int bits, int exponentBits, int mantissaBits, int bias) {
        int mantissa = bits & ((1 << mantissaBits) - 1);
        int exponent = bits >> mantissaBits & ((1 << exponentBits) - 1);
        boolean isNegative = bits >> (mantissaBits + exponentBits) != 0;
        double magnitude = exponent == 0
                ? Math.scalb((double) mantissa, 1 - bias - mantissaBits)
                : Math.scalb((double) (mantissa | 1 << mantissaBits), exponent - bias - mantissaBits);
        return isNegative ? -magnitude : magnitude;
    }
}
