package dev.espalier.run.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A file of NumPy's that holds one array, which takes the file's name.
record NpyFile(Path source, NpyArray array, List<Field> fields) implements Dataset {
    static NpyFile open(Path file) throws IOException {
        NpyArray array = NpyArray.of("file '" + file + "'", Files.size(file), () -> Files.newInputStream(file));
        String name = file.getFileName().toString();
        return new NpyFile(file, array, List.of(array.field(name.substring(0, name.length() - ".npy".length()))));
    }

    @Override
    public Rows rows(Field field, boolean anyOrder) throws IOException {
        return array.mapped(source);
    }

    @Override
    public void close() {}
}
