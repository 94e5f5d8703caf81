package dev.espalier.run.data;

import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The header of NumPy's array format, versions 1 to 3: the magic bytes 93 `NUMPY`, two bytes of version, the length of
/// the rest (u16 in version 1, else u32), and a Python dictionary in text: `{'descr': '<f4', 'fortran_order': False,
/// 'shape': (3, 4), }`. The elements follow.
///
/// Python objects are stored as pickles, which are programs: they are refused, never read.
///
/// @param bytes of the header itself
/// @param type of the elements
/// @param isBigEndian whether each element's bytes are stored highest first
/// @param isFortran whether the first axis is the fastest in the file
record NpyHeader(int bytes, ElementType type, boolean isBigEndian, boolean isFortran, Shape shape) {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    /// NumPy itself reads no longer one unless told to.
    private static final int LONGEST = 10_000;

    private static final Pattern DESCR = Pattern.compile("'descr'\\s*:\\s*(?:'([^']*)'|\\[)");
    private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([0-9L, ]*)\\)");

    /// Reads a header from the start of an array.
    ///
    /// @param where to name in errors
    /// @throws DataException if it is none, or of elements that are not numbers or booleans
    static NpyHeader read(InputStream in, String where) throws IOException {
        byte[] start = in.readNBytes(8);
        if (start.length < 8 || !Arrays.equals(start, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new DataException(
                    "not a NumPy array", where, "write it again with numpy.save, numpy.savez or the like");
        }
        int width = start[6] == 1 ? Short.BYTES : Integer.BYTES;
        if (start[6] < 1 || start[6] > 3) {
            throw damaged("version " + start[6] + " of the array format is not known", where);
        }
        ByteBuffer length = ByteBuffer.wrap(exactly(in, width, where)).order(ByteOrder.LITTLE_ENDIAN);
        long size = width == Short.BYTES ? length.getShort() & 0xFFFFL : length.getInt() & 0xFFFF_FFFFL;
        if (size > LONGEST) {
            throw damaged("its header says it is " + size + " bytes long", where);
        }
        String text = new String(exactly(in, (int) size, where), StandardCharsets.UTF_8);
        return parse(text, 8 + width + (int) size, where);
    }

    private static byte[] exactly(InputStream in, int count, String where) throws IOException {
        byte[] bytes = in.readNBytes(count);
        if (bytes.length < count) {
            throw damaged("it ends within its header", where);
        }
        return bytes;
    }

    private static NpyHeader parse(String text, int bytes, String where) {
        Matcher descr = DESCR.matcher(text);
        Matcher order = ORDER.matcher(text);
        Matcher dims = SHAPE.matcher(text);
        if (!descr.find() || !order.find() || !dims.find()) {
            throw damaged("its header is not one", where);
        }
        String code = descr.group(1);
        if (code == null || code.isEmpty()) {
            throw new DataException(
                    "its elements are records of several fields", where, "store each field as an array of its own");
        }
        boolean isBigEndian = code.charAt(0) == '>';
        String kind = "<>|=".indexOf(code.charAt(0)) >= 0 ? code.substring(1) : code;
        return new NpyHeader(
                bytes, type(kind, where), isBigEndian, order.group(1).equals("True"), shape(dims.group(1), where));
    }

    private static ElementType type(String kind, String where) {
        return switch (kind) {
            case "f4" -> ElementType.F32;
            case "f8" -> ElementType.F64;
            case "f2" -> ElementType.F16;
            case "i1" -> ElementType.I8;
            case "i2" -> ElementType.I16;
            case "i4" -> ElementType.I32;
            case "i8" -> ElementType.I64;
            case "u1" -> ElementType.U8;
            case "u2" -> ElementType.U16;
            case "u4" -> ElementType.U32;
            case "u8" -> ElementType.U64;
            case "b1" -> ElementType.BOOL;
            default -> throw new DataException("its elements are " + named(kind), where, hint(kind));
        };
    }

    private static String named(String kind) {
        return switch (kind.isEmpty() ? ' ' : kind.charAt(0)) {
            case 'O' -> "Python objects, which are programs and are never run";
            case 'U', 'S', 'a' -> "text";
            case 'M', 'm' -> "dates or times";
            case 'c' -> "complex numbers";
            default -> "of NumPy's type '" + kind + "', which no model takes";
        };
    }

    private static String hint(String kind) {
        return kind.startsWith("U") || kind.startsWith("S")
                ? "store numbers: numpy.unique(labels, return_inverse=True) turns text into them"
                : "store them as numbers, for example with array.astype('float32')";
    }

    private static Shape shape(String text, String where) {
        long[] dims;
        try {
            dims = Pattern.compile("[L, ]+")
                    .splitAsStream(text.strip())
                    .filter(dim -> !dim.isEmpty())
                    .mapToLong(Long::parseLong)
                    .toArray();
        } catch (NumberFormatException e) {
            throw damaged("its shape is (" + text + ")", where);
        }
        if (!Shape.isValid(dims)) {
            throw damaged("its shape is (" + text + ")", where);
        }
        return Shape.of(dims);
    }

    private static DataException damaged(String what, String where) {
        return new DataException("a damaged NumPy array: " + what, where, "write the file again");
    }

    /// Bytes of the header and of the elements it promises.
    long totalBytes() {
        return bytes + type.byteCount(shape.elementCount());
    }

    /// The array as a field.
    ///
    /// @throws DataException if it has no axis to count rows by
    Field field(String name, String where) {
        if (shape.rank() == 0) {
            throw new DataException("a single number, not an array of rows", where, "store an array with a first axis");
        }
        long[] dims = shape.dims();
        return new Field(name, dims[0], type, Shape.of(Arrays.copyOfRange(dims, 1, dims.length)));
    }
}
