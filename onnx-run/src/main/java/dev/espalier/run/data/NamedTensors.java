package dev.espalier.run.data;

import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.Shape;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Tensors by name, from an archive of NumPy's (.npz): what another tool computed for the tensors of a model.
public final class NamedTensors implements Closeable {
    private final Dataset arrays;

    private NamedTensors(Dataset arrays) {
        this.arrays = arrays;
    }

    /// @throws DataException if it is no such archive
    public static NamedTensors open(Path file) throws IOException {
        return new NamedTensors(NpzFile.open(file));
    }

    /// Their names, in the order of the file.
    public List<String> names() {
        return arrays.fields().stream().map(Field::name).toList();
    }

    /// Reads the tensor of that name.
    ///
    /// @throws DataException if there is one that cannot be read
    public Optional<DenseTensor> read(String name) throws IOException {
        Optional<Field> found = arrays.find(name);
        return found.isEmpty() ? Optional.empty() : Optional.of(read(found.get()));
    }

    private DenseTensor read(Field field) throws IOException {
        long[] row = field.row().dims();
        long[] dims = new long[row.length + 1];
        dims[0] = field.rows();
        System.arraycopy(row, 0, dims, 1, row.length);
        DenseTensor tensor = DenseTensor.zeros(field.type(), Shape.of(dims));
        try (Rows rows = arrays.rows(field, false)) {
            for (long i = 0; i < field.rows() && field.rowBytes() > 0; i++) {
                rows.read(i, tensor.data().asSlice(i * field.rowBytes(), field.rowBytes()));
            }
        }
        return tensor;
    }

    @Override
    public void close() throws IOException {
        arrays.close();
    }
}
