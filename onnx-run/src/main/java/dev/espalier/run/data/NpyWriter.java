package dev.espalier.run.data;

import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.stream.Collectors;

/// Writes a tensor as the only row of a NumPy array, version 1.
public final class NpyWriter {
    private static final int PREFIX = 10;

    private NpyWriter() {}

    /// @throws IllegalArgumentException if NumPy has no such type
    public static void write(DenseTensor row, Path file) throws IOException {
        String dims =
                Arrays.stream(row.shape().dims()).mapToObj(dim -> ", " + dim).collect(Collectors.joining());
        ByteBuffer header = ByteBuffer.wrap(header(descr(row.type()), "1" + dims + ","));
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            write(out, header);
            write(out, row.data().asByteBuffer());
        }
    }

    /// What comes before the elements, which start at a multiple of 64, as the format asks.
    ///
    /// @param descr NumPy's name of the type
    /// @param dims the dimensions with a comma after the last
    static byte[] header(String descr, String dims) {
        String text = "{'descr': '" + descr + "', 'fortran_order': False, 'shape': (" + dims + "), }";
        int length = Math.ceilDiv(PREFIX + text.length() + 1, 64) * 64 - PREFIX;
        ByteBuffer header = ByteBuffer.allocate(PREFIX + length).order(ByteOrder.LITTLE_ENDIAN);
        header.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}).putShort((short) length);
        header.put((text + " ".repeat(length - 1 - text.length()) + "\n").getBytes(StandardCharsets.US_ASCII));
        return header.array();
    }

    private static void write(FileChannel out, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }

    private static String descr(ElementType type) {
        return switch (type) {
            case F32 -> "<f4";
            case F64 -> "<f8";
            case F16 -> "<f2";
            case I8 -> "|i1";
            case I16 -> "<i2";
            case I32 -> "<i4";
            case I64 -> "<i8";
            case U8 -> "|u1";
            case U16 -> "<u2";
            case U32 -> "<u4";
            case U64 -> "<u8";
            case BOOL -> "|b1";
            default -> throw new IllegalArgumentException("NumPy has no type " + type);
        };
    }
}
