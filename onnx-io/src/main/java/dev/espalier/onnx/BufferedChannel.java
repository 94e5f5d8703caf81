package dev.espalier.onnx;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Writes pieces of memory to a file one after the other: small ones through a buffer, large ones straight from where
/// they are.
final class BufferedChannel implements AutoCloseable {
    private static final int BUFFER = 1 << 16;
    /// A buffer of the JVM's own stands behind each write of memory that is not native; no larger than this.
    private static final long BLOCK = 1 << 26;

    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);

    private final boolean isDurable;

    private BufferedChannel(FileChannel channel, boolean isDurable) {
        this.channel = channel;
        this.isDurable = isDurable;
    }

    /// @param isDurable whether what is written is on the disk when it is closed, whatever happens to the machine
    static BufferedChannel to(Path file, boolean isDurable) throws IOException {
        return new BufferedChannel(FileChannel.open(file, StandardOpenOption.WRITE), isDurable);
    }

    void write(MemorySegment piece) throws IOException {
        if (piece.byteSize() > buffer.remaining()) {
            flush();
        }
        if (piece.byteSize() <= buffer.remaining()) {
            buffer.put(piece.asByteBuffer());
            return;
        }
        for (long from = 0; from < piece.byteSize(); from += BLOCK) {
            drain(piece.asSlice(from, Math.min(BLOCK, piece.byteSize() - from)).asByteBuffer());
        }
    }

    private void flush() throws IOException {
        drain(buffer.flip());
        buffer.clear();
    }

    private void drain(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    @Override
    public void close() throws IOException {
        try (channel) {
            flush();
            if (isDurable) {
                channel.force(false);
            }
        }
    }
}
