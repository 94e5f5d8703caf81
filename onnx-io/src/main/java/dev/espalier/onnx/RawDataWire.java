package dev.espalier.onnx;

import com.google.protobuf.CodedOutputStream;
import dev.espalier.onnx.proto.TensorProto;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Takes large raw_data out of the bytes of a model before protobuf reads them, and puts it back after protobuf has
/// written them: protobuf for Java copies every field onto the heap, and weights are to stay in the mapped file.
///
/// In the bytes that protobuf sees, a raw_data field is replaced by the fields `blob` and `blob_bytes`, which no file
/// has. Everything else is copied as it is; only the lengths of the messages around change. A first pass over the bytes
/// finds these lengths, a second writes.
final class RawDataWire {
    /// Takes bytes that are written, in order.
    interface Sink {
        void write(MemorySegment bytes) throws IOException;
    }

    /// Shorter raw_data is no burden, and mostly shapes and axes that are read anyway.
    static final int SHORTEST_BLOB = 256;

    private static final int RAW_DATA = TensorProto.RAW_DATA_FIELD_NUMBER;
    private static final int BLOB = TensorProto.BLOB_FIELD_NUMBER;
    private static final int BLOB_BYTES = TensorProto.BLOB_BYTES_FIELD_NUMBER;
    /// Two tags of five bytes, then 4 and 8 bytes.
    private static final int STAND_IN_BYTES = 22;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment bytes;
    private final Blobs blobs;
    private final boolean isTaking;
    private long[] lengths = new long[1024];
    private int count;

    private RawDataWire(MemorySegment bytes, Blobs blobs, boolean isTaking) {
        this.bytes = bytes;
        this.blobs = blobs;
        this.isTaking = isTaking;
    }

    /// The bytes of a model without its large raw_data, which is added to `blobs` as views of `model`.
    ///
    /// @throws MalformedWireException if the bytes are not protobuf, or use a field number that is a blob's here
    static byte[] take(MemorySegment model, Blobs blobs) throws MalformedWireException {
        RawDataWire wire = new RawDataWire(model, blobs, true);
        long length = wire.measure(MessageKind.MODEL, 0, model.byteSize(), 0);
        if (length > Integer.MAX_VALUE - 16) {
            throw new MalformedWireException("it has more than 2 GiB");
        }
        byte[] slim = new byte[(int) length];
        MemorySegment target = MemorySegment.ofArray(slim);
        long[] at = new long[1];
        try {
            wire.count = 1;
            wire.copy(MessageKind.MODEL, 0, model.byteSize(), part -> {
                target.asSlice(at[0]).copyFrom(part);
                at[0] += part.byteSize();
            });
        } catch (IOException e) {
            throw new IllegalStateException("memory does not fail to be written", e);
        }
        return slim;
    }

    /// How long a model is with its raw_data.
    static long fullLength(byte[] slim, Blobs blobs) {
        try {
            return new RawDataWire(MemorySegment.ofArray(slim), blobs, false)
                    .measure(MessageKind.MODEL, 0, slim.length, 0);
        } catch (MalformedWireException e) {
            throw new IllegalStateException("protobuf has written what is not protobuf", e);
        }
    }

    /// Writes a model with its raw_data.
    static void put(byte[] slim, Blobs blobs, Sink to) throws IOException {
        RawDataWire wire = new RawDataWire(MemorySegment.ofArray(slim), blobs, false);
        try {
            wire.measure(MessageKind.MODEL, 0, slim.length, 0);
            wire.count = 1;
            wire.copy(MessageKind.MODEL, 0, slim.length, to);
        } catch (MalformedWireException e) {
            throw new IllegalStateException("protobuf has written what is not protobuf", e);
        }
    }

    /// Length of a raw_data field with its tag.
    static long fieldLength(long rawDataBytes) {
        return 1 + CodedOutputStream.computeUInt64SizeNoTag(rawDataBytes) + rawDataBytes;
    }

    /// Length of the fields that stand in for it.
    static int standInLength() {
        return STAND_IN_BYTES;
    }

    private long measure(MessageKind type, long from, long to, int depth) throws MalformedWireException {
        WireCursor.requireDepth(depth);
        int slot = count++;
        if (slot == lengths.length) {
            lengths = Arrays.copyOf(lengths, count * 2);
        }
        boolean takesRawData = isTaking && type == MessageKind.TENSOR && hasOneRawData(from, to);
        WireCursor cursor = new WireCursor(bytes, from);
        long length = 0;
        while (cursor.at() < to) {
            long start = cursor.at();
            long tag = cursor.varint(to);
            int field = (int) (tag >>> 3);
            int wireType = (int) tag & 7;
            if (wireType != WireCursor.LENGTH) {
                cursor.skip(wireType, to);
                length += isStandIn(type, field) ? fullLength(field, cursor.at()) : cursor.at() - start;
                continue;
            }
            long tagLength = cursor.at() - start;
            long size = cursor.length(to);
            MessageKind inner = type.at(field);
            if (inner != null) {
                long content = cursor.at();
                long changed = measure(inner, content, content + size, depth + 1);
                length += tagLength + CodedOutputStream.computeUInt64SizeNoTag(changed) + changed;
            } else if (takesRawData && field == RAW_DATA && size >= SHORTEST_BLOB) {
                length += STAND_IN_BYTES;
            } else {
                length += cursor.at() - start + size;
            }
            cursor.moveTo(cursor.at() + size);
        }
        lengths[slot] = length;
        return length;
    }

    private boolean isStandIn(MessageKind type, int field) throws MalformedWireException {
        boolean isStandIn = type == MessageKind.TENSOR && (field == BLOB || field == BLOB_BYTES);
        if (isStandIn && isTaking) {
            throw new MalformedWireException("a tensor has field " + field + ", which the standard does not have");
        }
        return isStandIn;
    }

    /// The stand-in's first field becomes the data, its second nothing.
    private long fullLength(int field, long end) {
        return field == BLOB ? fieldLength(blobs.get(blobNumber(end)).byteSize()) : 0;
    }

    private int blobNumber(long end) {
        return bytes.get(INT, end - 4);
    }

    /// Of a field that is there twice protobuf takes the last; such a tensor is left to it.
    private boolean hasOneRawData(long from, long to) throws MalformedWireException {
        WireCursor cursor = new WireCursor(bytes, from);
        int found = 0;
        while (cursor.at() < to) {
            long tag = cursor.varint(to);
            found += (tag >>> 3) == RAW_DATA ? 1 : 0;
            cursor.skip((int) tag & 7, to);
        }
        return found == 1;
    }

    private void copy(MessageKind type, long from, long to, Sink sink) throws MalformedWireException, IOException {
        boolean takesRawData = isTaking && type == MessageKind.TENSOR && hasOneRawData(from, to);
        WireCursor cursor = new WireCursor(bytes, from);
        long unwritten = from;
        while (cursor.at() < to) {
            long start = cursor.at();
            long tag = cursor.varint(to);
            long afterTag = cursor.at();
            int field = (int) (tag >>> 3);
            int wireType = (int) tag & 7;
            if (wireType != WireCursor.LENGTH) {
                cursor.skip(wireType, to);
                if (isStandIn(type, field)) {
                    flush(unwritten, start, sink);
                    unwritten = cursor.at();
                    if (field == BLOB) {
                        writeRawData(blobs.get(blobNumber(cursor.at())), sink);
                    }
                }
                continue;
            }
            long size = cursor.length(to);
            long content = cursor.at();
            MessageKind inner = type.at(field);
            if (inner != null) {
                flush(unwritten, afterTag, sink);
                sink.write(encoded(out -> out.writeUInt64NoTag(lengths[count])));
                count++;
                copy(inner, content, content + size, sink);
                unwritten = content + size;
            } else if (takesRawData && field == RAW_DATA && size >= SHORTEST_BLOB) {
                flush(unwritten, start, sink);
                int number = blobs.add(bytes.asSlice(content, size));
                sink.write(encoded(out -> {
                    out.writeFixed64(BLOB_BYTES, size);
                    out.writeFixed32(BLOB, number);
                }));
                unwritten = content + size;
            }
            cursor.moveTo(content + size);
        }
        flush(unwritten, to, sink);
    }

    private void flush(long from, long to, Sink sink) throws IOException {
        if (from < to) {
            sink.write(bytes.asSlice(from, to - from));
        }
    }

    private static void writeRawData(MemorySegment data, Sink sink) throws IOException {
        sink.write(encoded(out -> {
            out.writeTag(RAW_DATA, WireCursor.LENGTH);
            out.writeUInt64NoTag(data.byteSize());
        }));
        sink.write(data);
    }

    private interface Encoding {
        void write(CodedOutputStream out) throws IOException;
    }

    private static MemorySegment encoded(Encoding encoding) throws IOException {
        byte[] buffer = new byte[32];
        CodedOutputStream out = CodedOutputStream.newInstance(buffer);
        encoding.write(out);
        return MemorySegment.ofArray(buffer).asSlice(0, out.getTotalBytesWritten());
    }
}
