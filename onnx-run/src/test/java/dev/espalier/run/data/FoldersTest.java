package dev.espalier.run.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.onnx.ModelBuilder;
import dev.espalier.onnx.OnnxFormatException;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FoldersTest {
    @TempDir
    private Path folder;

    private void image(String name, BufferedImage image) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        ImageIO.write(image, "png", file.toFile());
    }

    private static ReadOptions images(String preprocess) {
        return new ReadOptions(Preprocess.parse(preprocess), Optional.empty());
    }

    /// Grey levels 10 x + y.
    private static BufferedImage grey(int width, int height) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.getRaster().setSample(x, y, 0, 10 * x + y);
            }
        }
        return image;
    }

    private static double[] row(Dataset data, String name, int row) throws IOException {
        Field field = data.field(name);
        double[] values = new double[(int) field.row().elementCount()];
        try (Arena arena = Arena.ofConfined();
                Rows rows = data.rows(field, true)) {
            MemorySegment bytes = arena.allocate(field.rowBytes());
            rows.read(row, bytes);
            Elements.read(field.type(), bytes, values);
        }
        return values;
    }

    @Test
    void readsImagesWithTheirClasses() throws IOException {
        BufferedImage red = new BufferedImage(2, 1, BufferedImage.TYPE_INT_RGB);
        red.setRGB(0, 0, 0xFF0102);
        red.setRGB(1, 0, 0x030405);
        image("bee/a.png", red);
        image("ant/b.png", red);
        Files.writeString(folder.resolve("ant/notes.txt"), "no image");
        try (Dataset data = Dataset.open(folder)) {
            assertThat(data.fields()).hasToString("['images' u8[2,3,1,2], 'labels' i64[2]]");
            assertThat(row(data, "images", 0)).containsExactly(255, 3, 1, 4, 2, 5);
            assertThat(row(data, "labels", 1)).containsExactly(1);
        }
        try (Dataset data = Dataset.open(folder, images("layout=nhwc"))) {
            assertThat(row(data, "images", 0)).containsExactly(255, 1, 2, 3, 4, 5);
        }
    }

    @Test
    void readsAnArrayForEachRowWithItsClass() throws IOException {
        Files.createDirectories(folder.resolve("bee"));
        Files.createDirectories(folder.resolve("ant"));
        Files.write(folder.resolve("bee/1.npy"), array("(2, 1)", 1, 2));
        Files.write(folder.resolve("ant/1.npy"), array("(2, 1)", 3, 4));
        Files.write(folder.resolve("bee/2.npy"), array("(1, 2)", 5, 6));
        try (Dataset data = Dataset.open(folder)) {
            assertThat(data.fields()).hasToString("['arrays' f32[3,2,1], 'labels' i64[3]]");
            assertThat(row(data, "arrays", 0)).containsExactly(3, 4);
            assertThat(row(data, "labels", 1)).containsExactly(1);
            assertThat(data.names(data.field("labels"))).containsExactly("ant", "bee");
            assertThatThrownBy(() -> row(data, "arrays", 2))
                    .isInstanceOf(UnreadableRowException.class)
                    .hasMessageEndingWith("2.npy' is f32 1x2, the first is f32 2x1");
        }
    }

    private static byte[] array(String shape, float... values) {
        return NpzWriter.npy("'descr': '<f4', 'fortran_order': False, 'shape': " + shape, NpzWriter.little(values));
    }

    @Test
    void takesGreyAsItIsStored() throws IOException {
        image("0/a.png", grey(3, 2));
        try (Dataset data = Dataset.open(folder)) {
            assertThat(data.field("images").row()).isEqualTo(Shape.of(1, 2, 3));
            assertThat(row(data, "images", 0)).containsExactly(0, 10, 20, 1, 11, 21);
        }
    }

    @Test
    void resizesAndCropsAsPillowDoes() throws IOException {
        image("0/a.png", grey(8, 4));
        // Pillow: Image.resize((4, 2), BILINEAR), then columns 1 and 2.
        try (Dataset data = Dataset.open(folder, images("resize=2,crop=2"))) {
            assertThat(row(data, "images", 0)).containsExactly(26, 46, 27, 47);
        }
    }

    @Test
    void namesTheImageThatDoesNotDecode() throws IOException {
        image("0/a.png", grey(3, 2));
        image("0/b.png", grey(4, 2));
        Path cut = folder.resolve("0/c.png");
        byte[] whole = Files.readAllBytes(folder.resolve("0/a.png"));
        Files.write(cut, Arrays.copyOf(whole, whole.length / 2));
        try (Dataset data = Dataset.open(folder)) {
            assertThatThrownBy(() -> row(data, "images", 1))
                    .isInstanceOf(UnreadableRowException.class)
                    .hasMessageEndingWith("b.png' is 4x2, the first image is 3x2: say resize= and crop=");
            assertThatThrownBy(() -> row(data, "images", 2)).isInstanceOf(UnreadableRowException.class);
        }
    }

    @Test
    void refusesAFolderWithoutData() {
        assertThatThrownBy(() -> Dataset.open(folder))
                .hasMessage("neither images nor arrays nor test data of ONNX's in this folder");
    }

    /// TensorProto: dims 1 (field 1), data_type 1 = float (field 2), raw_data (field 9).
    private void tensor(String name, String floatInHex) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, HexFormat.of().parseHex("080110014a04" + floatInHex));
    }

    @Test
    void readsTestDataOfOnnxAndFeedsItByPosition() throws IOException {
        tensor("test_data_set_0/input_0.pb", "0000803f");
        tensor("test_data_set_0/output_0.pb", "00000040");
        tensor("test_data_set_10/input_0.pb", "00004040");
        tensor("test_data_set_2/input_0.pb", "00000040");
        var graph = ModelBuilder.opset(17)
                .input("anything", ElementType.F32, 1)
                .node("Identity", List.of("anything"), List.of("y"))
                .output("y", ElementType.F32, 1)
                .build()
                .graph();
        try (Dataset data = Dataset.open(folder);
                Feed feed = Feed.open(data, graph, FeedRequest.of(8))) {
            assertThat(data.fields()).hasToString("['input_0' f32[3,1], 'output_0' f32[3,1]]");
            for (double expected : new double[] {1, 2, 3}) {
                double[] values = new double[1];
                Elements.read(
                        ElementType.F32,
                        Objects.requireNonNull(feed.next())
                                .inputs()
                                .values()
                                .iterator()
                                .next()
                                .data(),
                        values);
                assertThat(values).containsExactly(expected);
            }
            assertThat(feed.next()).isNull();
        }
    }

    @Test
    void refusesATensorWithoutItsData() throws IOException {
        Path file = folder.resolve("test_data_set_0/input_0.pb");
        Files.createDirectories(file.getParent());
        for (String hex : List.of("08011001", "ffff", "0801100170014a00", "080110084a0161")) {
            Files.write(file, HexFormat.of().parseHex(hex));
            assertThatThrownBy(() -> Dataset.open(folder)).as(hex).isInstanceOf(OnnxFormatException.class);
        }
    }
}
