package dev.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.onnx.ModelBuilder;
import dev.espalier.onnx.TestModels;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class InspectDiffTest {
    private static final Path MLP = TestModels.inRepository("samples/digits_mlp.onnx");

    @TempDir
    private Path folder = Path.of("");

    /// A chain of MatMul with [2, 2] weights.
    ///
    /// @param names of the weights
    /// @param nodes the names of their outputs, by which nodes without a name are known
    private Path chain(String file, List<String> names, List<String> nodes, float... firstElements) throws IOException {
        ModelBuilder model = ModelBuilder.opset(17)
                .input("x", ElementType.F32, "N", 2)
                .output(nodes.getLast(), ElementType.F32, "N", 2);
        for (int i = 0; i < names.size(); i++) {
            model.initializer(names.get(i), DenseTensor.of(Shape.of(2, 2), firstElements[i], 0, 2, 1));
            String from = i == 0 ? "x" : nodes.get(i - 1);
            model.node("MatMul", List.of(from, names.get(i)), List.of(nodes.get(i)));
        }
        Path path = folder.resolve(file);
        Files.write(path, model.toBytes());
        return path;
    }

    private static JsonNode json(Object... args) {
        Cli.Result result = Cli.launch(args);
        assertThat(result.errorOutput()).isEmpty();
        return JsonMapper.shared().readTree(result.output());
    }

    @Test
    void showsWhatPruningDid() {
        Path pruned = folder.resolve("pruned.onnx");
        assertThat(Cli.launch("prune", MLP, "-s", "0.8", "-o", pruned).exitCode())
                .isZero();
        Cli.Result result = Cli.launch("inspect", MLP, "--diff", pruned);
        assertThat(result.exitCode()).isZero();
        String output = result.output();
        assertThat(output.substring(output.indexOf("\n\n") + 2)).isEqualTo("""
                weight       change  changed    zeros %  energy kept %   L2 %  form
                fc1.weight   pruned   16 384  0 → 80.00          88.10  34.50  raw → bitmap
                fc2.weight   pruned   65 536  0 → 80.00          95.56  21.08  raw → bitmap
                head.weight  pruned    2 048  0 → 80.00          81.18  43.38  raw → coo

                3 layers: 3 pruned
                83 968 of 104 960 weights changed, zeros 0 → 80.00 %, energy kept 88.75 %, L2 change 33.54 %
                other tensors: 5 same
                """);
    }

    @Test
    void energyKeptIsThatOfWhatStays() throws IOException {
        Path before = chain("a.onnx", List.of("w"), List.of("n"), 2);
        Path after = chain("b.onnx", List.of("w"), List.of("n"), 0);
        JsonNode figures = json("inspect", before, "--diff", after, "--json")
                .get("layers")
                .get(0)
                .get("figures");
        assertThat(figures.get("changed").longValue()).isEqualTo(1);
        assertThat(figures.get("zerosBefore").longValue()).isEqualTo(1);
        assertThat(figures.get("zerosAfter").longValue()).isEqualTo(2);
        assertThat(figures.get("energyKept").doubleValue()).isEqualTo(5.0 / 9);
        assertThat(figures.get("relativeChange").doubleValue()).isEqualTo(2.0 / 3);
    }

    @Test
    void matchesByNodeAndByPlaceWhatWasRenamed() throws IOException {
        Path before = chain("a.onnx", List.of("w1", "w2", "w3"), List.of("one", "two", "three"), 2, 3, 4);
        // The nodes stand in another order of weights: w2 is found by its node, the other two by their places.
        Path after = chain("b.onnx", List.of("v2", "v1", "v3"), List.of("two", "uno", "tres"), 3, 2, 4);
        JsonNode layers = json("inspect", before, "--diff", after, "--json").get("layers");
        assertThat(layers).hasSize(3);
        assertThat(layers).allSatisfy(layer -> {
            assertThat(layer.get("change").stringValue()).isEqualTo("same");
            assertThat(layer.get("after").get("name").stringValue().substring(1))
                    .isEqualTo(layer.get("before").get("name").stringValue().substring(1));
        });
    }

    @Test
    void doesNotGuessWhichOfSeveralIsGone() throws IOException {
        Path before = chain("a.onnx", List.of("w1", "w2"), List.of("one", "two"), 2, 3);
        Path after = chain("b.onnx", List.of("v"), List.of("uno"), 3);
        JsonNode json = json("inspect", before, "--diff", after, "--json");
        assertThat(json.get("layerChanges").get("removed").intValue()).isEqualTo(2);
        assertThat(json.get("layerChanges").get("added").intValue()).isEqualTo(1);
        assertThat(json.get("layers").get(2).get("before").isNull()).isTrue();
    }

    @Test
    void showsOtherShapesTypesAndEncodings() throws IOException {
        Path before = chain("a.onnx", List.of("w"), List.of("n"), 2);
        Path reshaped = folder.resolve("reshaped.onnx");
        Files.write(
                reshaped,
                ModelBuilder.opset(17)
                        .input("x", ElementType.F32, "N", 2)
                        .output("y", ElementType.F32, "N", 1)
                        .initializer("w", DenseTensor.of(Shape.of(2, 1), 1, 2))
                        .node("MatMul", List.of("x", "w"), List.of("y"))
                        .toBytes());
        assertThat(Cli.launch("inspect", before, "--diff", reshaped).output())
                .contains("reshaped")
                .contains("2x2 → 2x1");
        Path half = folder.resolve("half.onnx");
        Files.write(
                half,
                ModelBuilder.opset(17)
                        .input("x", ElementType.F16, "N", 2)
                        .output("y", ElementType.F16, "N", 2)
                        .initializer(
                                "w", DenseTensor.ofBits(ElementType.F16, Shape.of(2, 2), 0x4000, 0, 0x4000, 0x3C00))
                        .node("MatMul", List.of("x", "w"), List.of("y"))
                        .toBytes());
        assertThat(Cli.launch("inspect", before, "--diff", half).output())
                .contains("w       encoding        0    25.00            100     0  f32 → f16");
    }

    @Test
    void listsOtherTensorsOnRequest() {
        assertThat(Cli.launch("inspect", MLP, "--diff", MLP).output())
                .contains("3 layers: 3 same\n")
                .endsWith("other tensors: 5 same\n");
        assertThat(json("inspect", MLP, "--diff", MLP, "--all", "--json").get("others"))
                .hasSize(5);
    }

    @Test
    void takesNamesOfEitherModel() throws IOException {
        Path before = chain("a.onnx", List.of("w1", "w2"), List.of("one", "two"), 2, 3);
        Path after = chain("b.onnx", List.of("v1", "v2"), List.of("one", "two"), 2, 3);
        assertThat(json("inspect", before, "--diff", after, "--include", "v2", "--json")
                        .get("layers"))
                .hasSize(1);
        Cli.Result nothing = Cli.launch("inspect", before, "--diff", after, "--include", "z*");
        assertThat(nothing.exitCode()).isEqualTo(3);
        assertThat(nothing.errorOutput()).contains("no node or tensor is named 'z*'");
    }

    @Test
    void saysWhichFileIsAtFault() throws IOException {
        Path broken = folder.resolve("broken.onnx");
        Files.writeString(broken, "not a model");
        Cli.Result result = Cli.launch("inspect", MLP, "--diff", broken);
        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.errorOutput()).contains("where: file '" + broken + "'");
        Cli.Result missing = Cli.launch("inspect", MLP, "--diff", folder.resolve("none.onnx"));
        assertThat(missing.exitCode()).isEqualTo(3);
        assertThat(missing.errorOutput()).contains("none.onnx");
        assertThat(Cli.launch("inspect", MLP, "--diff", MLP, "--sort", "zeros").exitCode())
                .isEqualTo(2);
    }

    @Test
    void comparesEverySharedModelWithItself() {
        for (Path file : TestModels.shared()) {
            JsonNode json = json("inspect", file, "--diff", file, "--json");
            json.get("layerChanges")
                    .propertyNames()
                    .forEach(change -> assertThat(change).as(file.toString()).isEqualTo("same"));
        }
    }
}
