package dev.espalier.run.data;

import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// A folder of images, in a folder for each class: fields `images` and `labels`. Classes are numbered in the order of
/// their folders' names, as torchvision does.
record ImageFolder(Path source, Images images, List<Integer> labels) implements Dataset {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /// @throws DataException if there are no images in folders of it
    static ImageFolder open(Path folder, Preprocess preprocess) throws IOException {
        List<Path> files = new ArrayList<>();
        List<Integer> labels = new ArrayList<>();
        List<Path> classes = sorted(folder).stream().filter(Files::isDirectory).toList();
        for (int label = 0; label < classes.size(); label++) {
            for (Path file : sorted(classes.get(label))) {
                if (Images.isImage(file)) {
                    files.add(file);
                    labels.add(label);
                }
            }
        }
        if (files.isEmpty()) {
            throw new DataException(
                    "neither images nor test data of ONNX's in this folder",
                    "folder '" + folder + "'",
                    "put images into a folder for each class, or give test_data_set_0/input_0.pb and so on");
        }
        return new ImageFolder(folder, Images.of(files, preprocess), labels);
    }

    private static List<Path> sorted(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    @Override
    public List<Field> fields() {
        return List.of(
                new Field("images", labels.size(), ElementType.U8, images.row()),
                new Field("labels", labels.size(), ElementType.I64, Shape.of()));
    }

    @Override
    public boolean isResized() {
        return true;
    }

    @Override
    public Rows rows(Field field, boolean anyOrder) {
        return field.name().equals("images") ? images : new Labels(labels);
    }

    @Override
    public void close() {}

    private record Labels(List<Integer> labels) implements Rows {
        @Override
        public void read(long row, MemorySegment to) {
            to.set(LONG, 0, labels.get((int) row));
        }

        @Override
        public void close() {}
    }
}
