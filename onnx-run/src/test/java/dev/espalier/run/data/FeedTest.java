package dev.espalier.run.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espalier.onnx.Graph;
import dev.espalier.onnx.ModelBuilder;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FeedTest {
    @TempDir
    private Path folder;

    private static Graph graph(ElementType type, Object... dims) {
        return ModelBuilder.opset(17)
                .input("x", type, dims)
                .node("Identity", List.of("x"), List.of("y"))
                .output("y", type, dims)
                .build()
                .graph();
    }

    private Path file() throws IOException {
        return new NpzWriter()
                .floats("x", "(3, 2)", 1, 2, 3, 4, 5, 6)
                .longs("labels", "(3,)", 7, 8, 300)
                .longs("keep", "(3,)", 1, 0, 1)
                .write(folder.resolve("a.npz"));
    }

    private static double[] values(DenseTensor tensor) {
        double[] values = new double[(int) tensor.elementCount()];
        Elements.read(tensor.type(), tensor.data(), values);
        return values;
    }

    private record Seen(List<Integer> samples, List<double[]> inputs, List<Double> labels) {}

    private static Seen read(Path file, Graph graph, FeedRequest request) throws IOException {
        Seen seen = new Seen(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        try (Dataset data = Dataset.open(file);
                Feed feed = Feed.open(data, graph, request)) {
            for (Batch batch = feed.next(); batch != null; batch = feed.next()) {
                seen.inputs.add(values(Objects.requireNonNull(batch.inputs().get("x"))));
                for (int i = 0; i < batch.size(); i++) {
                    seen.samples.add(batch.sample(i));
                    if (request.labels().isPresent()) {
                        seen.labels.add(batch.label(i)[0]);
                    }
                }
            }
        }
        return seen;
    }

    private static FeedRequest request(Preprocess preprocess, Selection selection, int perSample, int batch) {
        return new FeedRequest(
                Map.of(), Set.of(), Optional.of("labels"), preprocess, selection, perSample, batch, 0, 0);
    }

    @Test
    void deliversBatchesAndTheRest() throws IOException {
        Seen seen = read(file(), graph(ElementType.F32, "N", 2), request(Preprocess.NONE, Selection.ALL, 1, 2));
        assertThat(seen.samples).containsExactly(0, 1, 2);
        assertThat(seen.labels).containsExactly(7.0, 8.0, 300.0);
        assertThat(seen.inputs).containsExactly(new double[] {1, 2, 3, 4}, new double[] {5, 6});
    }

    @Test
    void fillsABatchOfAFixedSize() throws IOException {
        Seen seen = read(file(), graph(ElementType.F64, 2, 2), FeedRequest.of(64));
        assertThat(seen.samples).containsExactly(0, 1, 2);
        assertThat(seen.inputs.get(1)).hasSize(4).startsWith(5, 6);
    }

    @Test
    void selectsRowsByAnArrayAndInAnyOrder() throws IOException {
        Graph graph = graph(ElementType.F32, "N", 2);
        Selection where = new Selection(Optional.of(Selection.Where.parse("keep")), 99, Optional.empty());
        assertThat(read(file(), graph, request(Preprocess.NONE, where, 1, 9)).samples)
                .containsExactly(0, 2);
        Selection shuffled = new Selection(Optional.empty(), 2, Optional.of(4L));
        Seen seen = read(file(), graph, request(Preprocess.NONE, shuffled, 1, 9));
        assertThat(seen.samples).hasSize(2).doesNotHaveDuplicates();
        assertThat(read(file(), graph, request(Preprocess.NONE, shuffled, 1, 9)).samples)
                .isEqualTo(seen.samples);
        for (int i = 0; i < 2; i++) {
            assertThat(seen.inputs.getFirst()[2 * i]).isEqualTo(2 * seen.samples.get(i) + 1);
        }
    }

    @Test
    void preprocessesEachChannel() throws IOException {
        Preprocess steps = Preprocess.parse("scale=1/2,mean=0.5:1,std=1:4");
        Seen seen = read(file(), graph(ElementType.F32, "N", 2), request(steps, Selection.ALL, 1, 1));
        assertThat(seen.inputs).containsExactly(new double[] {0, 0}, new double[] {1, 0.25}, new double[] {2, 0.5});
    }

    @Test
    void convertsToTheModelsType() throws IOException {
        for (ElementType type : List.of(ElementType.F16, ElementType.BF16, ElementType.F64)) {
            Seen seen = read(file(), graph(type, "N", 2), request(Preprocess.NONE, Selection.ALL, 1, 9));
            assertThat(seen.inputs.getFirst()).containsExactly(1, 2, 3, 4, 5, 6);
        }
        Path integers = new NpzWriter().longs("x", "(2,)", 7, 300).write(folder.resolve("i.npz"));
        assertThat(read(integers, graph(ElementType.I32, "N"), FeedRequest.of(9))
                        .inputs
                        .getFirst())
                .containsExactly(7, 300);
        assertThatThrownBy(() -> read(integers, graph(ElementType.I8, "N"), FeedRequest.of(9)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("the number 300 in row 1 of 'x' is out of the range of i8");
    }

    @Test
    void saysWhatTheModelWantsAndWhatWasGiven() throws IOException {
        Path file = file();
        assertThatThrownBy(() -> read(file, graph(ElementType.F32, "N", 3), FeedRequest.of(1)))
                .hasMessage("the shapes do not fit: the model wants f32[N,3], the data has 'x' f32[3,2]");
        assertThatThrownBy(() -> read(file, graph(ElementType.I64, "N", 2), FeedRequest.of(1)))
                .hasMessage("the types do not fit: the model wants i64[N,2], the data has 'x' f32[3,2]");
        Path other = new NpzWriter()
                .floats("a", "(1, 2)", 1, 2)
                .floats("b", "(1, 2)", 1, 2)
                .write(folder.resolve("b.npz"));
        assertThatThrownBy(() -> read(other, graph(ElementType.F32, "N", 2), FeedRequest.of(1)))
                .hasMessage("the data has nothing for input 'x' f32[N,2]");
        Preprocess crop = Preprocess.parse("crop=1");
        assertThatThrownBy(() -> read(file, graph(ElementType.F32, "N", 2), request(crop, Selection.ALL, 1, 1)))
                .hasMessage("'x' f32[3,2] cannot be resized and cropped so");
        Path empty = new NpzWriter().floats("x", "(0, 2)").write(folder.resolve("c.npz"));
        assertThatThrownBy(() -> read(empty, graph(ElementType.F32, "N", 2), FeedRequest.of(1)))
                .hasMessage("no row to use");
    }

    @Test
    void takesTheOnlyArrayThereIsForAModelWithOneInput() throws IOException {
        Path file = new NpzWriter()
                .floats("images", "(2, 2)", 1, 2, 3, 4)
                .longs("labels", "(2,)", 0, 1)
                .write(folder.resolve("a.npz"));
        Seen seen = read(file, graph(ElementType.F32, "N", 2), request(Preprocess.NONE, Selection.ALL, 1, 2));
        assertThat(seen.inputs.getFirst()).containsExactly(1, 2, 3, 4);
    }

    @Test
    void addsTheSameNoiseToARowHoweverItIsRead() throws IOException {
        Graph graph = graph(ElementType.F64, "N", 2);
        FeedRequest noisy = request(Preprocess.NONE, Selection.ALL, 1, 1).withNoise(0.1);
        Seen single = read(file(), graph, noisy);
        double[] together = read(file(), graph, noisy.withBatch(3)).inputs.getFirst();
        double[] apart = single.inputs.stream().flatMapToDouble(Arrays::stream).toArray();
        assertThat(together).containsExactly(apart).doesNotContain(1, 2, 3);
        assertThat(IntStream.range(0, 6)
                        .mapToDouble(i -> Math.abs(apart[i] - i - 1))
                        .max()
                        .orElseThrow())
                .isLessThan(1);
    }

    @Test
    void refusesPreprocessingThatIsNone() {
        for (String text : List.of("scale", "scale=x", "scale=1/0", "std=0", "layout=chw", "crop=-1", "gamma=2", "")) {
            assertThatThrownBy(() -> Preprocess.parse(text)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void reversesChannelsAndTakesThemLast() {
        double[] row = {1, 2, 3, 4, 5, 6};
        Preprocess.parse("bgr,layout=nhwc").apply(row, Shape.of(1, 2, 3));
        assertThat(row).containsExactly(3, 2, 1, 6, 5, 4);
        Preprocess.parse("bgr").apply(row, Shape.of(3, 1, 2));
        assertThat(row).containsExactly(5, 4, 1, 6, 3, 2);
    }

    @Test
    void resizesAndCropsArraysOfImages() throws IOException {
        // One row of 1 x 4 x 8, each value 10 x + y, as in the test of images.
        float[] grey = new float[32];
        for (int i = 0; i < grey.length; i++) {
            grey[i] = 10 * (i % 8) + i / 8;
        }
        Path file = new NpzWriter().floats("x", "(1, 1, 4, 8)", grey).write(folder.resolve("images.npz"));
        Preprocess preprocess = Preprocess.parse("resize=2,crop=2,scale=1/2");
        FeedRequest request =
                new FeedRequest(Map.of(), Set.of(), Optional.empty(), preprocess, Selection.ALL, 1, 1, 0, 0);
        Seen seen = read(file, graph(ElementType.F32, "N", 1, 2, 2), request);
        // Rounded before they are halved, bytes would be 26, 46, 27, 47: floats are not rounded.
        assertThat(seen.inputs.getFirst()).usingComparatorWithPrecision(0.5).containsExactly(13, 23, 13.5, 23.5);
        assertThat(seen.inputs.getFirst()[0]).isNotEqualTo(13);
        assertThatThrownBy(() -> read(file, graph(ElementType.F32, "N", 1, 4, 8), request))
                .hasMessageContaining("resized and cropped to 1x2x2");
        FeedRequest large = new FeedRequest(
                Map.of(), Set.of(), Optional.empty(), Preprocess.parse("crop=5"), Selection.ALL, 1, 1, 0, 0);
        assertThatThrownBy(() -> read(file, graph(ElementType.F32, "N", 1, 5, 5), large))
                .hasMessageContaining("cannot be resized and cropped so");
    }

    @Test
    void takesAColumnForVectorsOfOneNumber() throws IOException {
        Path file = new NpzWriter().longs("x", "(2,)", 1, 2).write(folder.resolve("column.npz"));
        assertThat(read(file, graph(ElementType.F16, "N", 1), FeedRequest.of(2))
                        .inputs
                        .getFirst())
                .containsExactly(1, 2);
    }

    @Test
    void saysOfEachInputWhatIsMissing() throws IOException {
        Path file = new NpzWriter().floats("x", "(1, 3)", 1, 2, 3).write(folder.resolve("one.npz"));
        Graph graph = ModelBuilder.opset(17)
                .input("x", ElementType.F32, "N", 2)
                .input("z", ElementType.I64, "N", 4)
                .node("Identity", List.of("x"), List.of("y"))
                .output("y", ElementType.F32, "N", 2)
                .build()
                .graph();
        assertThatThrownBy(() -> read(file, graph, FeedRequest.of(1)))
                .hasMessageContaining("the model wants f32[N,2], the data has 'x' f32[1,3]")
                .hasMessageContaining("the data has nothing for input 'z' i64[N,4]");
    }
}
