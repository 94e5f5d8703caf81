package dev.espalier.run.data;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/// Named arrays in one place, a file or a folder. Nothing is read before its rows are; then one row at a time.
public interface Dataset extends Closeable {
    /// Opens what is there, by its name. Images are not resized, and texts not read.
    ///
    /// @throws DataException if it is no such data, or damaged
    static Dataset open(Path source) throws IOException {
        return open(source, ReadOptions.NONE);
    }

    /// Opens what is there, by its name.
    ///
    /// @throws DataException if it is no such data, or damaged
    static Dataset open(Path source, ReadOptions options) throws IOException {
        if (!Files.exists(source)) {
            throw new NoSuchFileException(source.toString());
        }
        if (Files.isDirectory(source)) {
            return OnnxTestData.isThere(source)
                    ? OnnxTestData.open(source)
                    : ClassFolder.open(source, options.preprocess());
        }
        String name = source.getFileName().toString().toLowerCase(Locale.ROOT);
        return switch (name.substring(name.lastIndexOf('.') + 1)) {
            case "npz" -> NpzFile.open(source);
            case "npy" -> NpyFile.open(source);
            case "csv" -> Table.open(source, Table.Format.CSV, options);
            case "tsv" -> Table.open(source, Table.Format.TSV, options);
            case "txt" -> Table.open(source, Table.Format.LINES, options);
            default ->
                throw new DataException(
                        "not a kind of data that can be read",
                        "file '" + source + "'",
                        "give an .npz, .npy, .csv, .tsv or .txt file, a folder of images or a folder of ONNX test data");
        };
    }

    /// Whether rows of this field are images that were resized and cropped when they were read.
    default boolean isResized(Field field) {
        return false;
    }

    /// The file or folder.
    Path source();

    /// The arrays that can be read, in the order of the source.
    List<Field> fields();

    /// Names of a field's numbers, from 0: those of classes, for instance. Empty if they have none.
    default List<String> names(Field field) {
        return List.of();
    }

    /// Opens the rows of one of the [#fields].
    ///
    /// @param anyOrder whether rows will be asked for in any order; if not, each later than the one before
    Rows rows(Field field, boolean anyOrder) throws IOException;

    /// The array of this name.
    ///
    /// @throws DataException if there is none
    default Field field(String name) {
        return find(name).orElseThrow(() -> {
            String known = fields().stream().map(Field::toString).collect(Collectors.joining(", "));
            return new DataException(
                    "the data has no array '" + name + "'",
                    "file '" + source() + "'",
                    known.isEmpty() ? "it has none that can be read" : "it has " + known);
        });
    }

    /// The array of this name, if there is one.
    default Optional<Field> find(String name) {
        return fields().stream().filter(field -> field.name().equals(name)).findFirst();
    }
}
