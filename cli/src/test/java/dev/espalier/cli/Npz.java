package dev.espalier.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// NumPy archives of one array, as `numpy.savez` writes them.
final class Npz {
    private Npz() {}

    /// Writes bytes as elements of whatever type.
    ///
    /// @param descr NumPy's name of the type, `<f4`
    /// @param shape as Python writes a tuple
    static Path write(Path file, String name, String descr, String shape, byte[] elements) throws IOException {
        byte[] header = ("{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }\n")
                .getBytes(StandardCharsets.US_ASCII);
        ByteBuffer npy =
                ByteBuffer.allocate(10 + header.length + elements.length).order(ByteOrder.LITTLE_ENDIAN);
        npy.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}).putShort((short) header.length);
        npy.put(header).put(elements);
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            zip.putNextEntry(new ZipEntry(name + ".npy"));
            zip.write(npy.array());
        }
        return file;
    }

    /// Writes a vector.
    static Path writeFloats(Path file, String name, float... values) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return write(file, name, "<f4", "(" + values.length + ",)", bytes.array());
    }
}
