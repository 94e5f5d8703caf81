package dev.espalier.run.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// Writes what numpy.savez and numpy.save write, byte for byte where it matters, and what they would not.
public final class NpzWriter {
    private final Map<String, byte[]> members = new LinkedHashMap<>();

    /// Adds an array.
    ///
    /// @param header Python's dictionary without its braces
    public NpzWriter array(String name, String header, byte[] elements) {
        members.put(name + ".npy", npy(header, elements));
        return this;
    }

    /// Adds an array of floats.
    public NpzWriter floats(String name, String shape, float... values) {
        return array(name, "'descr': '<f4', 'fortran_order': False, 'shape': " + shape, little(values));
    }

    /// Adds an array of integers.
    public NpzWriter longs(String name, String shape, long... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * 8).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(values);
        return array(name, "'descr': '<i8', 'fortran_order': False, 'shape': " + shape, bytes.array());
    }

    static byte[] little(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }

    static byte[] npy(String header, byte[] elements) {
        byte[] text = ("{" + header + ", }\n").getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(
                new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) text.length, (byte) (text.length >> 8)});
        bytes.writeBytes(text);
        bytes.writeBytes(elements);
        return bytes.toByteArray();
    }

    /// Writes the archive, compressed.
    public Path write(Path file) throws IOException {
        return write(file, true);
    }

    Path write(Path file, boolean isCompressed) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (Map.Entry<String, byte[]> member : members.entrySet()) {
                ZipEntry entry = new ZipEntry(member.getKey());
                if (!isCompressed) {
                    CRC32 crc = new CRC32();
                    crc.update(member.getValue());
                    entry.setMethod(ZipEntry.STORED);
                    entry.setSize(member.getValue().length);
                    entry.setCrc(crc.getValue());
                }
                zip.putNextEntry(entry);
                zip.write(member.getValue());
            }
        }
        return file;
    }
}
