package dev.espalier.run.data;

import dev.espalier.pruning.NamedTensors;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.Shape;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/// The arrays of an .npz file as tensors of known shapes.
public final class NpzTensors implements NamedTensors, Closeable {
    private final NpzFile npz;

    private NpzTensors(NpzFile npz) {
        this.npz = npz;
    }

    /// Opens a file; nothing but the headers of its arrays is read.
    ///
    /// @throws DataException if it is no .npz file, or damaged
    public static NpzTensors open(Path file) throws IOException {
        if (!Files.exists(file)) {
            throw new NoSuchFileException(file.toString());
        }
        return new NpzTensors(NpzFile.open(file));
    }

    @Override
    public String source() {
        return "file '" + npz.source() + "'";
    }

    @Override
    public List<String> names() {
        return npz.names();
    }

    /// @throws UncheckedIOException if the file cannot be read
    @Override
    public DenseTensor read(String name, Shape shape) {
        Field field = npz.field(name);
        Shape found = shapeOf(field);
        if (!found.equals(shape)) {
            throw new DataException(
                    "an array of shape " + found + " for a tensor of " + shape,
                    source() + ", array '" + name + "'",
                    isReversed(found, shape)
                            ? "to have it transposed, give it the name '" + name + ".T' with --name-map"
                            : "arrays have the shapes of the model's tensors: see `espalier inspect`");
        }
        DenseTensor tensor = DenseTensor.zeros(field.type(), shape);
        try (Rows rows = npz.rows(field, false)) {
            long bytes = field.rowBytes();
            for (long row = 0; row < field.rows(); row++) {
                rows.read(row, tensor.data().asSlice(row * bytes, bytes));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return tensor;
    }

    private static Shape shapeOf(Field field) {
        return Shape.of(LongStream.concat(
                        LongStream.of(field.rows()), Arrays.stream(field.row().dims()))
                .toArray());
    }

    private static boolean isReversed(Shape found, Shape shape) {
        return found.rank() == 2 && shape.equals(Shape.of(found.dim(1), found.dim(0)));
    }

    @Override
    public void close() throws IOException {
        npz.close();
    }
}
