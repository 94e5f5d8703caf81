package dev.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.onnx.Graph;
import dev.espalier.onnx.Model;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.onnx.TestModels;
import dev.espalier.onnx.Value;
import dev.espalier.pruning.WeightSearch;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.SparseEncoding;
import dev.espalier.sparse.SparseEncodings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Real models, pruned to 80 %, in every encoding.
final class ExportSharedModelsTest {
    @TempDir
    private Path folder;

    static List<Path> models() throws IOException {
        List<Path> models = new ArrayList<>();
        for (Path file : Stream.concat(TestModels.samples().stream(), TestModels.sharedIfThere().stream())
                .toList()) {
            if (!WeightSearch.in(OnnxReader.read(file)).weights().isEmpty()) {
                models.add(file);
            }
        }
        return models;
    }

    @ParameterizedTest
    @MethodSource("models")
    void holdTheSameElementsAndComputeTheSame(Path original) throws IOException {
        Path dense = folder.resolve("dense.onnx");
        run("prune", original, "-s", "0.8", "--encoding", "dense", "-o", dense);
        String runs = runtimeCheck(dense);
        Path auto = folder.resolve("auto.onnx");
        run("export", dense, "-o", auto);
        for (SparseEncoding encoding : SparseEncodings.ALL) {
            Path out = folder.resolve("out.onnx");
            run("export", dense, "--encoding", encoding.name(), "-o", out);
            assertThat(Files.size(auto)).as(encoding.name()).isLessThanOrEqualTo(Files.size(out));
            assertThat(runtimeCheck(out)).as(encoding.name()).isEqualTo(runs);
            assertHasElementsOf(OnnxReader.read(dense), OnnxReader.read(out));
        }
    }

    private static void run(Object... args) {
        Cli.Result result = Cli.launch(args);
        assertThat(result.exitCode()).as(result.errorOutput()).isZero();
    }

    /// What the runtime's check says, all others having passed but that of the size: some forms are larger than dense
    /// for tiny weights.
    private static String runtimeCheck(Path file) {
        JsonNode verdict = JsonMapper.shared()
                .readTree(Cli.launch("verify-sparsity", file, "--json").output());
        String runtime = "";
        for (JsonNode check : verdict.get("checks")) {
            String answer = check.get("answer").stringValue();
            if (check.get("check").stringValue().equals("ONNX Runtime")) {
                runtime = answer;
            } else if (!check.get("check").stringValue().equals("size")) {
                assertThat(answer).as(verdict.toPrettyString()).isEqualTo("yes");
            }
        }
        assertThat(runtime).as(verdict.toPrettyString()).isIn("yes", "not run");
        return runtime;
    }

    private static void assertHasElementsOf(Model expected, Model actual) {
        Map<String, DenseTensor> tensors = new HashMap<>();
        for (Graph graph : actual.allGraphs()) {
            constants(graph).forEach(value -> tensors.put(value.path(), elements(value)));
        }
        for (Graph graph : expected.allGraphs()) {
            constants(graph)
                    .forEach(value -> assertThat(tensors.get(value.path()))
                            .as(value.path())
                            .matches(tensor -> tensor.isSameAs(elements(value))));
        }
    }

    private static Stream<Value> constants(Graph graph) {
        Stream<Value> made = graph.nodes().stream().flatMap(node -> node.outputs().stream());
        return Stream.concat(graph.initializers().stream(), made)
                .filter(value ->
                        value.constant().filter(c -> c.type().isCountable()).isPresent());
    }

    private static DenseTensor elements(Value value) {
        return value.constant().orElseThrow().decode();
    }
}
