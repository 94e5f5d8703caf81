package dev.espalier.run.data;

import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Files in a folder for each class, images or an array of NumPy's for each row: the fields `images` or `arrays`, and
/// `labels`. Classes are numbered in the order of their folders' names, as torchvision does.
///
/// @param classes names of the folders
record ClassFolder(Path source, RowFile kind, List<Path> files, List<Integer> labels, List<String> classes)
        implements Dataset {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /// @throws DataException if there are no such files in folders of it, or of both kinds
    static ClassFolder open(Path folder, Preprocess preprocess) throws IOException {
        List<Path> files = new ArrayList<>();
        List<Integer> labels = new ArrayList<>();
        List<Path> classes = sorted(folder).stream().filter(Files::isDirectory).toList();
        for (int label = 0; label < classes.size(); label++) {
            for (Path file : sorted(classes.get(label))) {
                if (RowFile.kind(file.toString()).isPresent()) {
                    files.add(file);
                    labels.add(label);
                }
            }
        }
        if (files.stream().map(file -> RowFile.kind(file.toString())).distinct().count() != 1) {
            throw new DataException(
                    files.isEmpty()
                            ? "neither images nor arrays nor test data of ONNX's in this folder"
                            : "both images and arrays in this folder",
                    "folder '" + folder + "'",
                    "put images (or .npy files) into a folder for each class, or give test_data_set_0/input_0.pb and "
                            + "so on");
        }
        List<String> names =
                classes.stream().map(path -> path.getFileName().toString()).toList();
        return new ClassFolder(folder, RowFile.of(files, preprocess), files, labels, names);
    }

    private static List<Path> sorted(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    @Override
    public List<Field> fields() {
        return List.of(
                new Field(kind.plural(), labels.size(), kind.type(), kind.row()),
                new Field("labels", labels.size(), ElementType.I64, Shape.of()));
    }

    @Override
    public boolean isResized(Field field) {
        return kind instanceof Images;
    }

    @Override
    public List<String> names(Field field) {
        return field.name().equals("labels") ? classes : List.of();
    }

    @Override
    public Rows rows(Field field, boolean anyOrder) {
        return field.name().equals("labels")
                ? Rows.of((row, to) -> to.set(LONG, 0, labels.get((int) row)))
                : Rows.of((row, to) -> kind.read(files.get((int) row), to));
    }

    @Override
    public void close() {}
}
