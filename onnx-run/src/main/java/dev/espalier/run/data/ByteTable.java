package dev.espalier.run.data;

import dev.espalier.sparse.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/// What preprocessing makes of each byte, for rows of bytes that become floats of 32 bits: images, that is. The numbers
/// are those that [Preprocess#apply] computes, once for each channel and byte.
///
/// @param isChannelLast whether channels are the last axis of a row, not the first
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record ByteTable(float[][] channels, boolean isChannelLast, byte[] bytes, float[] floats) {
    private static final int BYTES = 256;
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /// @param row of bytes
    static ByteTable of(Preprocess preprocess, Shape row) {
        int count = (int) preprocess.channels(row);
        float[][] channels = new float[count][BYTES];
        double[] pixel = new double[count];
        Shape shape = preprocess.isChannelLast() ? Shape.of(1, 1, count) : Shape.of(count, 1, 1);
        for (int value = 0; value < BYTES; value++) {
            Arrays.fill(pixel, value);
            preprocess.apply(pixel, shape);
            for (int c = 0; c < count; c++) {
                channels[c][value] = (float) pixel[c];
            }
        }
        int elements = Math.toIntExact(row.elementCount());
        return new ByteTable(channels, preprocess.isChannelLast(), new byte[elements], new float[elements]);
    }

    /// Converts a row.
    void convert(MemorySegment from, MemorySegment to) {
        MemorySegment.copy(from, ValueLayout.JAVA_BYTE, 0, bytes, 0, bytes.length);
        int plane = channels.length == 0 ? 0 : bytes.length / channels.length;
        int step = isChannelLast ? channels.length : 1;
        for (int c = 0; c < channels.length; c++) {
            float[] table = channels[c];
            int at = isChannelLast ? c : c * plane;
            for (int i = 0; i < plane; i++, at += step) {
                floats[at] = table[bytes[at] & 0xFF];
            }
        }
        MemorySegment.copy(floats, 0, to, FLOAT, 0, floats.length);
    }
}
