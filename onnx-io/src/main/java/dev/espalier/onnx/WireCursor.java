package dev.espalier.onnx;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// A position in bytes of protobuf's wire format (https://protobuf.dev/programming-guides/encoding).
final class WireCursor {
    static final int VARINT = 0;
    static final int FIXED64 = 1;
    static final int LENGTH = 2;
    static final int GROUP = 3;
    static final int GROUP_END = 4;
    static final int FIXED32 = 5;

    private static final int MOST_DEPTH = 100;

    private final MemorySegment bytes;
    private long at;

    WireCursor(MemorySegment bytes, long at) {
        this.bytes = bytes;
        this.at = at;
    }

    /// Where it is.
    long at() {
        return at;
    }

    void moveTo(long position) {
        at = position;
    }

    /// Reads a varint.
    ///
    /// @param end where the message ends that it is in
    /// @throws MalformedWireException if it does not end before
    long varint(long end) throws MalformedWireException {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            require(at < end);
            byte next = bytes.get(ValueLayout.JAVA_BYTE, at++);
            value |= (next & 0x7FL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new MalformedWireException("its bytes are not protobuf");
    }

    /// Reads the length of a field and checks that the field ends within its message.
    long length(long end) throws MalformedWireException {
        long length = varint(end);
        require(length >= 0 && length <= end - at);
        return length;
    }

    /// Moves behind a field's value.
    void skip(int wireType, long end) throws MalformedWireException {
        skip(wireType, end, 0);
    }

    private void skip(int wireType, long end, int depth) throws MalformedWireException {
        switch (wireType) {
            case VARINT -> varint(end);
            case FIXED64 -> skipBytes(8, end);
            case FIXED32 -> skipBytes(4, end);
            case LENGTH -> skipBytes(length(end), end);
            case GROUP -> {
                if (depth > MOST_DEPTH) {
                    throw tooDeep();
                }
                for (int inner = (int) varint(end) & 7; inner != GROUP_END; inner = (int) varint(end) & 7) {
                    skip(inner, end, depth + 1);
                }
            }
            default -> throw new MalformedWireException("its bytes are not protobuf");
        }
    }

    private void skipBytes(long count, long end) throws MalformedWireException {
        require(count <= end - at);
        at += count;
    }

    private static void require(boolean isComplete) throws MalformedWireException {
        if (!isComplete) {
            throw new MalformedWireException("it ends in the middle of a field");
        }
    }

    static void requireDepth(int depth) throws MalformedWireException {
        if (depth > MOST_DEPTH) {
            throw tooDeep();
        }
    }

    private static MalformedWireException tooDeep() {
        return new MalformedWireException("messages are nested too deeply");
    }
}
