package dev.espalier.run;

import ai.onnxruntime.OnnxTensor;
import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Graph;
import dev.espalier.onnx.GraphPatch;
import dev.espalier.onnx.Model;
import dev.espalier.onnx.Node;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.onnx.OnnxWriter;
import dev.espalier.onnx.Value;
import dev.espalier.pruning.CheckResult;
import dev.espalier.pruning.Evidence;
import dev.espalier.pruning.Finding;
import dev.espalier.pruning.SparsityCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The file does in ONNX Runtime what its dense form does: both are run on the same seeded inputs, and the outputs must
/// be equal bit for bit.
public final class RuntimeCheck implements SparsityCheck {
    private final Path file;
    private final long seed;

    /// @param file the file itself: what the runtime makes of it is the question
    /// @param seed of the inputs
    public RuntimeCheck(Path file, long seed) {
        this.file = file;
        this.seed = seed;
    }

    @Override
    public String name() {
        return "ONNX Runtime";
    }

    @Override
    public CheckResult check(Evidence evidence) {
        if (evidence.hasInvalidSparse()) {
            // Native code does not check all that it is given: some of these end the process, not the run.
            return new CheckResult.NotRun("sparse tensors are invalid, and the runtime may crash on such");
        }
        Path folder = null;
        try {
            folder = Files.createTempDirectory("espalier");
            return check(folder);
        } catch (IOException e) {
            return new CheckResult.NotRun("cannot write the dense form: " + e.getMessage());
        } finally {
            delete(folder);
        }
    }

    private CheckResult check(Path folder) throws IOException {
        Model model = OnnxReader.read(file);
        try (OrtModel stored = OrtModel.load(file)) {
            if (!makeDense(model)) {
                run(stored, model.graph());
                return new CheckResult.Passed("loads and runs; nothing is stored sparse, so there is no other form");
            }
            Path dense = folder.resolve("dense.onnx");
            OnnxWriter.write(model, dense);
            try (OrtModel decoded = OrtModel.load(dense)) {
                return compare(stored, decoded, model.graph());
            }
        } catch (ModelRunException e) {
            return new CheckResult.NotRun(String.valueOf(e.getMessage()));
        }
    }

    private static boolean makeDense(Model model) {
        GraphPatch patch = GraphPatch.labelled("decode");
        for (Graph graph : model.allGraphs()) {
            graph.initializers().forEach(value -> decode(value, patch));
            for (Node node : graph.nodes()) {
                node.outputs().forEach(value -> decode(value, patch));
            }
        }
        return patch.apply();
    }

    private static void decode(Value value, GraphPatch patch) {
        value.constant()
                .filter(Constant::isSparse)
                .ifPresent(sparse -> patch.replaceConstant(value, Constant.of(sparse.decode())));
    }

    private CheckResult compare(OrtModel stored, OrtModel decoded, Graph graph) throws ModelRunException {
        Runs runs = run(stored, graph);
        Map<String, Output> expected = run(decoded, graph, runs.guess);
        List<Finding> findings = new ArrayList<>();
        runs.outputs.forEach((name, output) -> {
            if (!output.equals(expected.get(name))) {
                findings.add(new Finding(
                        Finding.Kind.OUTPUTS_DIFFER, name, "this output is not that of the decoded dense form"));
            }
        });
        return CheckResult.of(
                findings, "all " + runs.outputs.size() + " outputs equal those of the dense form, bit for bit");
    }

    private record Runs(RandomInputs.Guess guess, Map<String, Output> outputs) {}

    /// Runs on the first inputs that the model takes.
    private Runs run(OrtModel model, Graph graph) throws ModelRunException {
        ModelRunException first = null;
        for (RandomInputs.Guess guess : RandomInputs.GUESSES) {
            try {
                return new Runs(guess, run(model, graph, guess));
            } catch (ModelRunException e) {
                first = first == null ? e : first;
            }
        }
        throw new ModelRunException("it loads, but runs on no random inputs: "
                + Objects.requireNonNull(first).getMessage());
    }

    private Map<String, Output> run(OrtModel model, Graph graph, RandomInputs.Guess guess) throws ModelRunException {
        Map<String, OnnxTensor> inputs = new RandomInputs(seed, guess).of(graph);
        try {
            return model.run(inputs);
        } finally {
            inputs.values().forEach(OnnxTensor::close);
        }
    }

    static void delete(@Nullable Path folder) {
        if (folder == null) {
            return;
        }
        try {
            NativeFiles.delete(folder);
        } catch (IOException e) {
            // The system's temporary folder: what cannot be deleted now is cleared by the system.
            folder.toFile().deleteOnExit();
        }
    }
}
