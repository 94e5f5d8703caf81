package dev.espalier.run.data;

import dev.espalier.sparse.Shape;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Rows of an array in a file of its own, in any order: the file is mapped, not read.
final class MappedRows implements Rows {
    private final Arena arena = Arena.ofShared();
    private final MemorySegment data;
    private final NpyHeader header;
    private final long rowBytes;

    /// @param file at least as long as the header says
    MappedRows(Path file, NpyHeader header) throws IOException {
        this.header = header;
        long elements = header.shape().elementCount();
        this.rowBytes = elements == 0
                ? 0
                : header.type().byteCount(elements / header.shape().dim(0));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            this.data = channel.map(
                    FileChannel.MapMode.READ_ONLY, header.bytes(), header.totalBytes() - header.bytes(), arena);
        } catch (IOException | RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    @Override
    public void read(long row, MemorySegment to) {
        if (header.isFortran()) {
            gather(row, to);
        } else {
            MemorySegment.copy(data, row * rowBytes, to, 0, rowBytes);
        }
    }

    /// Element (row, i, j, ...) of an array in Fortran's order is at row + rows * (i + I * (j + ...)).
    private void gather(long row, MemorySegment to) {
        Shape shape = header.shape();
        int width = header.type().bits() / Byte.SIZE;
        long[] index = new long[shape.rank()];
        index[0] = row;
        for (long at = 0; at < to.byteSize(); at += width) {
            long from = 0;
            for (int axis = shape.rank() - 1; axis >= 0; axis--) {
                from = from * shape.dim(axis) + index[axis];
            }
            MemorySegment.copy(data, from * width, to, at, width);
            for (int axis = shape.rank() - 1; axis > 0 && ++index[axis] == shape.dim(axis); axis--) {
                index[axis] = 0;
            }
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
