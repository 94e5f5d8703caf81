package dev.espalier.run.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.onnx.TestModels;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DatasetTest {
    @TempDir
    private Path folder;

    /// All rows of an array, read in the order given.
    private static double[][] read(Path file, String name, boolean anyOrder, int... rows) throws IOException {
        try (Dataset data = Dataset.open(file);
                Arena arena = Arena.ofConfined()) {
            Field field = data.field(name);
            MemorySegment bytes = arena.allocate(field.rowBytes());
            double[][] read = new double[rows.length][(int) field.row().elementCount()];
            try (Rows source = data.rows(field, anyOrder)) {
                for (int i = 0; i < rows.length; i++) {
                    source.read(rows[i], bytes);
                    Elements.read(field.type(), bytes, read[i]);
                }
            }
            return read;
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void readsMembersThatAreCompressedOrNot(boolean isCompressed) throws IOException {
        Path file = new NpzWriter()
                .floats("x", "(3, 2)", 1, 2, 3, 4, 5, 6)
                .longs("labels", "(3,)", 7, 8, 9)
                .write(folder.resolve("a.npz"), isCompressed);
        assertThat(read(file, "x", false, 0, 2)).isDeepEqualTo(new double[][] {{1, 2}, {5, 6}});
        assertThat(read(file, "x", true, 2, 0, 1)).isDeepEqualTo(new double[][] {{5, 6}, {1, 2}, {3, 4}});
        assertThat(read(file, "labels", false, 1)).isDeepEqualTo(new double[][] {{8}});
        try (Dataset data = Dataset.open(file)) {
            assertThat(data.fields()).hasToString("['x' f32[3,2], 'labels' i64[3]]");
        }
    }

    @Test
    void readsArraysInFortransOrder() throws IOException {
        // NumPy writes [[[1, 2], [3, 4]], [[5, 6], [7, 8]], [[9, 10], [11, 12]]] so, its first axis the fastest.
        byte[] elements = NpzWriter.little(1, 5, 9, 3, 7, 11, 2, 6, 10, 4, 8, 12);
        String header = "'descr': '<f4', 'fortran_order': True, 'shape': (3, 2, 2)";
        Path npz = new NpzWriter().array("x", header, elements).write(folder.resolve("a.npz"));
        Path npy = Files.write(folder.resolve("x.npy"), NpzWriter.npy(header, elements));
        for (Path file : new Path[] {npz, npy}) {
            assertThat(read(file, "x", false, 0, 1, 2))
                    .isDeepEqualTo(new double[][] {{1, 2, 3, 4}, {5, 6, 7, 8}, {9, 10, 11, 12}});
        }
    }

    @ParameterizedTest
    @CsvSource({
        "<f4, 4, 2.5",
        ">f4, 4, 2.5",
        "<f8, 8, 2.5",
        ">f8, 8, 2.5",
        "<f2, 2, 2.5",
        ">f2, 2, 2.5",
        "|i1, 1, -3",
        "|u1, 1, 200",
        "<i2, 2, -300",
        ">i2, 2, -300",
        "<u2, 2, 60000",
        "<i4, 4, -70000",
        ">u4, 4, 4000000000",
        "<i8, 8, -5000000000",
        "<u8, 8, 9223372036854775808",
        "|b1, 1, 1"
    })
    void readsNumbersOfEveryType(String descr, int width, double value) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(2 * width)
                .order(descr.charAt(0) == '>' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 2; i++) {
            switch (descr.substring(1)) {
                case "f4" -> bytes.putFloat((float) value);
                case "f8" -> bytes.putDouble(value);
                case "f2" -> bytes.putShort(Float.floatToFloat16((float) value));
                case "i1", "u1", "b1" -> bytes.put((byte) (int) value);
                case "i2", "u2" -> bytes.putShort((short) (int) value);
                case "i4", "u4" -> bytes.putInt((int) (long) value);
                case "u8" -> bytes.putLong(Long.MIN_VALUE);
                default -> bytes.putLong((long) value);
            }
        }
        Path file = Files.write(
                folder.resolve("x.npy"),
                NpzWriter.npy("'descr': '" + descr + "', 'fortran_order': False, 'shape': (2,)", bytes.array()));
        assertThat(read(file, "x", false, 1)).isDeepEqualTo(new double[][] {{value}});
    }

    @ParameterizedTest
    @CsvSource({"|O, Python objects", "<U7, text", "|S3, text", "<c8, complex", "<M8[s], dates", "|V16, V16"})
    void refusesWhatIsNoNumberAndSaysSo(String descr, String words) throws IOException {
        Path file = new NpzWriter()
                .array("labels", "'descr': '" + descr + "', 'fortran_order': False, 'shape': (2,)", new byte[99])
                .longs("other", "(1,)", 1)
                .write(folder.resolve("a.npz"));
        try (Dataset data = Dataset.open(file)) {
            assertThat(data.fields()).hasToString("['other' i64[1]]");
            assertThatThrownBy(() -> data.field("labels"))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining(words);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(9223372036854775807,)",
                "(-1, 2)",
                "(4611686018427387904, 4)",
                "(99999999999999999999,)",
                "(1000000000000,)",
                "()"
            })
    void refusesShapesThatTheFileCannotHave(String shape) throws IOException {
        byte[] array = NpzWriter.npy("'descr': '<f4', 'fortran_order': False, 'shape': " + shape, new byte[8]);
        assertThatThrownBy(() -> Dataset.open(Files.write(folder.resolve("x.npy"), array)))
                .isInstanceOf(DataException.class);
    }

    @Test
    void neverFailsOtherwiseOnDamagedBytes() throws IOException {
        byte[] whole = Files.readAllBytes(new NpzWriter()
                .floats("x", "(3, 2)", 1, 2, 3, 4, 5, 6)
                .longs("labels", "(3,)", 7, 8, 9)
                .write(folder.resolve("a.npz")));
        for (int i = 0; i < whole.length; i++) {
            byte[] flipped = whole.clone();
            flipped[i] ^= 0x55;
            readAll(flipped);
            readAll(Arrays.copyOf(whole, i));
        }
    }

    private void readAll(byte[] bytes) throws IOException {
        Path file = Files.write(folder.resolve("damaged.npz"), bytes);
        try {
            read(file, "x", false, 0, 1, 2);
            read(file, "labels", true, 2, 0);
        } catch (DataException e) {
            assertThat(e.what()).isNotEmpty();
        } catch (IndexOutOfBoundsException e) {
            throw new AssertionError("damaged bytes", e);
        }
    }

    @Test
    void namesTheArraysThereAre() throws IOException {
        Path file = new NpzWriter().longs("b", "(1,)", 1).write(folder.resolve("a.npz"));
        try (Dataset data = Dataset.open(file)) {
            assertThatThrownBy(() -> data.field("a"))
                    .isInstanceOfSatisfying(
                            DataException.class, e -> assertThat(e.hint()).contains("it has 'b' i64[1]"));
        }
        assertThatThrownBy(() -> Dataset.open(folder.resolve("none.npz"))).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> Dataset.open(Files.writeString(folder.resolve("no.npz"), "no")))
                .isInstanceOf(DataException.class);
    }

    @Test
    void readsTheSample() throws IOException {
        Path digits = TestModels.inRepository("samples/digits8x8.npz");
        double[][] rows = read(digits, "input", false, 0, 1796);
        assertThat(rows[0]).hasSize(64).contains(0, 5, 13);
        assertThat(Arrays.stream(rows[1]).max().orElseThrow()).isEqualTo(16);
    }
}
