package dev.espalier.sparse;

/// The element types of ONNX tensors (TensorProto.DataType, IR version 14).
public enum ElementType {
    F32("f32", 32, Kind.FLOAT),
    F64("f64", 64, Kind.FLOAT),
    F16("f16", 16, Kind.FLOAT),
    BF16("bf16", 16, Kind.FLOAT),
    F8E4M3FN("f8e4m3fn", 8, Kind.FLOAT),
    /// Has no negative zero: 0x80 is its NaN.
    F8E4M3FNUZ("f8e4m3fnuz", 8, Kind.UNSIGNED_ZERO_FLOAT),
    F8E5M2("f8e5m2", 8, Kind.FLOAT),
    /// Has no negative zero: 0x80 is its NaN.
    F8E5M2FNUZ("f8e5m2fnuz", 8, Kind.UNSIGNED_ZERO_FLOAT),
    /// Powers of two only: has no zero at all.
    F8E8M0("f8e8m0", 8, Kind.NO_ZERO),
    F6E2M3("f6e2m3", 6, Kind.FLOAT),
    F6E3M2("f6e3m2", 6, Kind.FLOAT),
    F4E2M1("f4e2m1", 4, Kind.FLOAT),
    I8("i8", 8, Kind.INTEGER),
    I16("i16", 16, Kind.INTEGER),
    I32("i32", 32, Kind.INTEGER),
    I64("i64", 64, Kind.INTEGER),
    I4("i4", 4, Kind.INTEGER),
    I2("i2", 2, Kind.INTEGER),
    U8("u8", 8, Kind.INTEGER),
    U16("u16", 16, Kind.INTEGER),
    U32("u32", 32, Kind.INTEGER),
    U64("u64", 64, Kind.INTEGER),
    U4("u4", 4, Kind.INTEGER),
    U2("u2", 2, Kind.INTEGER),
    BOOL("bool", 8, Kind.INTEGER),
    C64("c64", 64, Kind.COMPLEX),
    C128("c128", 128, Kind.COMPLEX),
    /// Elements of any length: not a [DenseTensor].
    STRING("string", 0, Kind.OPAQUE),
    /// A type of a newer standard, which is carried along but not looked into.
    UNKNOWN("unknown", 0, Kind.OPAQUE);

    private enum Kind {
        FLOAT,
        UNSIGNED_ZERO_FLOAT,
        NO_ZERO,
        INTEGER,
        COMPLEX,
        OPAQUE
    }

    private final String label;
    private final int bits;
    private final Kind kind;

    ElementType(String label, int bits, Kind kind) {
        this.label = label;
        this.bits = bits;
        this.kind = kind;
    }

    /// The short name used in tables and reports, `f32`.
    public String label() {
        return label;
    }

    /// Bits per element; 0 where that is not a fixed number.
    public int bits() {
        return bits;
    }

    /// Bytes that `elements` take, packed without gaps as ONNX packs types below 8 bits.
    public long byteCount(long elements) {
        return Math.ceilDiv(Math.multiplyExact(elements, (long) bits), 8L);
    }

    /// Whether elements stand for real numbers in a floating-point format.
    public boolean isFloat() {
        return kind == Kind.FLOAT || kind == Kind.UNSIGNED_ZERO_FLOAT || kind == Kind.NO_ZERO;
    }

    /// Whether elements are integers or booleans, whose zero may be moved by a zero point.
    public boolean isInteger() {
        return kind == Kind.INTEGER;
    }

    /// Whether elements are one number of at most 64 bits, which is what masks and zero counts work on.
    public boolean isCountable() {
        return kind != Kind.COMPLEX && kind != Kind.OPAQUE;
    }

    /// Whether the type can hold a zero.
    public boolean hasZero() {
        return kind != Kind.NO_ZERO && kind != Kind.OPAQUE;
    }

    /// The bits of an element that decide whether it is zero: all but the sign of a float that has a negative zero.
    long zeroTestMask() {
        long all = bits == 64 ? -1L : (1L << bits) - 1;
        return kind == Kind.FLOAT ? (all >>> 1) & all : all;
    }

    @Override
    public String toString() {
        return label;
    }
}
