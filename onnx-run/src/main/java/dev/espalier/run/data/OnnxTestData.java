package dev.espalier.run.data;

import dev.espalier.onnx.OnnxFormatException;
import dev.espalier.onnx.TensorFile;
import dev.espalier.sparse.DenseTensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Test data as the ONNX standard and its models have it: folders `test_data_set_0`, `test_data_set_1`, ... with a file
/// `input_0.pb` for the first input, and so on, and `output_0.pb` for what should come out. Each folder is a row, which
/// is
/// all that an input takes. The fields have the names of the files.
record OnnxTestData(Path source, List<Path> sets, List<Field> fields) implements Dataset {
    private static final String PREFIX = "test_data_set_";

    static boolean isThere(Path folder) throws IOException {
        return !sets(folder).isEmpty();
    }

    /// @throws OnnxFormatException if the first row has a file that is no tensor
    static OnnxTestData open(Path folder) throws IOException {
        List<Path> sets = sets(folder);
        List<Field> fields = new ArrayList<>();
        for (String kind : List.of("input_", "output_")) {
            for (int i = 0; Files.exists(sets.getFirst().resolve(kind + i + ".pb")); i++) {
                DenseTensor first = TensorFile.read(sets.getFirst().resolve(kind + i + ".pb"));
                fields.add(new Field(kind + i, sets.size(), first.type(), first.shape()));
            }
        }
        return new OnnxTestData(folder, sets, fields);
    }

    /// The folders by their numbers.
    private static List<Path> sets(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().matches(PREFIX + "\\d{1,9}"))
                    .sorted((a, b) -> Integer.compare(number(a), number(b)))
                    .toList();
        }
    }

    private static int number(Path set) {
        return Integer.parseInt(set.getFileName().toString().substring(PREFIX.length()));
    }

    @Override
    public Rows rows(Field field, boolean anyOrder) {
        return new TensorRows(sets, field);
    }

    @Override
    public void close() {}

    private record TensorRows(List<Path> sets, Field field) implements Rows {
        @Override
        public void read(long row, MemorySegment to) throws IOException {
            DenseTensor tensor;
            try {
                tensor = TensorFile.read(sets.get((int) row).resolve(field.name() + ".pb"));
            } catch (OnnxFormatException e) {
                throw new UnreadableRowException(e.where().orElse("") + ": " + e.what());
            }
            if (tensor.type() != field.type() || !tensor.shape().equals(field.row())) {
                throw new UnreadableRowException("'" + field.name() + "' is " + tensor.type() + " " + tensor.shape()
                        + ", in the first set it is " + field.type() + " " + field.row());
            }
            to.copyFrom(tensor.data());
        }

        @Override
        public void close() {}
    }
}
