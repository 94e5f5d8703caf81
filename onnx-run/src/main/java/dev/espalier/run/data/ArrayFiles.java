package dev.espalier.run.data;

import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/// Files of NumPy's that hold one row each, all of it.
record ArrayFiles(ElementType type, Shape row) implements RowFile {
    static boolean isArray(String name) {
        return name.toLowerCase(Locale.ROOT).endsWith(".npy");
    }

    static ArrayFiles like(Path file) throws IOException {
        NpyHeader header = open(file).header();
        return new ArrayFiles(header.type(), header.shape());
    }

    @Override
    public String plural() {
        return "arrays";
    }

    private static NpyArray open(Path file) throws IOException {
        try {
            return NpyArray.of("file '" + file + "'", Files.size(file), () -> Files.newInputStream(file));
        } catch (DataException e) {
            throw new UnreadableRowException("'" + file + "': " + e.what());
        } catch (IOException e) {
            throw new UnreadableRowException("'" + file + "' cannot be read: " + e.getMessage());
        }
    }

    @Override
    public void read(Path file, MemorySegment to) throws IOException {
        NpyArray array = open(file);
        if (array.header().type() != type || !array.header().shape().equals(row)) {
            throw new UnreadableRowException("'" + file + "' is "
                    + array.header().type() + " " + array.header().shape() + ", the first is " + type + " " + row);
        }
        if (row.rank() == 0) {
            try (Rows rows = array.streamed()) {
                rows.read(0, to);
            }
            return;
        }
        long parts = row.dim(0);
        long bytes = parts == 0 ? 0 : to.byteSize() / parts;
        try (Rows rows = array.mapped(file)) {
            for (long part = 0; part < parts; part++) {
                rows.read(part, to.asSlice(part * bytes, bytes));
            }
        }
    }
}
