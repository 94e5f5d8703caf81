package dev.espalier.run;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.espalier.onnx.Dimension;
import dev.espalier.onnx.Graph;
import dev.espalier.onnx.GraphPatch;
import dev.espalier.onnx.Model;
import dev.espalier.onnx.Node;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.onnx.OnnxWriter;
import dev.espalier.onnx.Value;
import dev.espalier.onnx.ValueType;
import dev.espalier.pruning.channels.Origins;
import dev.espalier.pruning.channels.ShapeProbe;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Runs a model in ONNX Runtime with every value of its main graph as an output, on random inputs: once, and
/// once more with other sizes where its inputs leave sizes open, or with other numbers where sizes depend on these.
public final class OrtShapeProbe implements ShapeProbe {
    private static final int MOST_INTEGERS = 64;
    private static final long SEED = 1;
    private static final long OTHER_SEED = 2;

    private final Source source;
    private final boolean looksAtValues;
    private String failure = "";
    private @Nullable List<Map<String, Sighting>> seen;

    /// Where the model comes from.
    private interface Source {
        Model read(TemporaryFolder folder) throws IOException;
    }

    private OrtShapeProbe(Source source, boolean looksAtValues) {
        this.source = source;
        this.looksAtValues = looksAtValues;
    }

    /// @param file the model
    public OrtShapeProbe(Path file) {
        this(folder -> OnnxReader.read(file), false);
    }

    /// A probe that also shows which slices of a value are one number throughout.
    ///
    /// @param model which is left as it is
    public static OrtShapeProbe ofValues(Model model) {
        return new OrtShapeProbe(
                folder -> {
                    Path file = folder.file("model.onnx");
                    OnnxWriter.write(model, file);
                    return OnnxReader.read(file);
                },
                true);
    }

    /// Why it could not be run; empty if it could.
    public String failure() {
        return failure;
    }

    @Override
    public List<Map<String, Sighting>> observe() {
        if (seen == null) {
            seen = look();
        }
        return seen;
    }

    private List<Map<String, Sighting>> look() {
        try (TemporaryFolder folder = TemporaryFolder.create()) {
            Model model = source.read(folder);
            requireOperatorSets(model);
            List<Value> shownValues = model.graph().nodes().stream()
                    .flatMap(node -> node.outputs().stream())
                    .filter(value -> !model.graph().outputs().contains(value))
                    .filter(value -> value.constant().isEmpty())
                    .toList();
            Hollow.makeOf(model);
            GraphPatch patch = GraphPatch.labelled("show every value");
            shownValues.forEach(patch::addOutput);
            patch.apply();
            Path shown = folder.file("shown.onnx");
            OnnxWriter.write(model, shown);
            return observe(shown, model.graph());
        } catch (ModelRunException | OrtException | IOException e) {
            failure = String.valueOf(e.getMessage());
            return List.of();
        }
    }

    /// The runtime does not refuse such a model in every form: it may end the process.
    private static void requireOperatorSets(Model model) throws ModelRunException {
        for (Node node : model.graph().nodes()) {
            if (!model.opsets().containsKey(node.domain())
                    && model.functionOf(node).isEmpty()) {
                throw new ModelRunException("the operator set of " + node + " is not imported");
            }
        }
    }

    private List<Map<String, Sighting>> observe(Path shown, Graph graph) throws OrtException, ModelRunException {
        SessionSettings settings = SessionSettings.DEFAULT.at(OrtSession.SessionOptions.OptLevel.NO_OPT);
        try (OrtSession session = settings.open(shown)) {
            List<Map<String, Sighting>> runs = new ArrayList<>();
            RandomInputs.Guess first = null;
            ModelRunException refusal = null;
            for (RandomInputs.Guess guess : RandomInputs.GUESSES) {
                try {
                    runs.add(run(session, graph, guess, SEED));
                    first = guess;
                    break;
                } catch (ModelRunException e) {
                    refusal = refusal == null ? e : refusal;
                }
            }
            if (first == null) {
                throw refusal == null ? new ModelRunException("it has no inputs to try") : refusal;
            }
            if (hasOpenSizes(graph)) {
                again(session, graph, first).ifPresent(runs::add);
            }
            if (runs.size() == 1 && doSizesDependOnNumbers(graph)) {
                runs.add(run(session, graph, first, OTHER_SEED));
            }
            return runs;
        }
    }

    private static boolean doSizesDependOnNumbers(Graph graph) {
        Origins origins = Origins.in(List.of(graph));
        return graph.nodes().stream()
                .flatMap(node -> node.outputs().stream())
                .anyMatch(value -> !origins.isOfFixedSize(value));
    }

    private static boolean hasOpenSizes(Graph graph) {
        return graph.inputs().stream()
                .filter(input -> !input.isInitializer())
                .anyMatch(input -> input.type() instanceof ValueType.Tensor tensor
                        && (tensor.dims() == null
                                || tensor.dims().stream().anyMatch(dim -> !(dim instanceof Dimension.Known))));
    }

    /// Other sizes that the model takes: as many of them as different as possible.
    private Optional<Map<String, Sighting>> again(OrtSession session, Graph graph, RandomInputs.Guess first) {
        for (RandomInputs.Guess guess : first.others()) {
            try {
                return Optional.of(run(session, graph, guess, SEED));
            } catch (ModelRunException e) {
                // The next one may fit.
            }
        }
        return Optional.empty();
    }

    private Map<String, Sighting> run(OrtSession session, Graph graph, RandomInputs.Guess guess, long seed)
            throws ModelRunException {
        Map<String, OnnxTensor> inputs = new RandomInputs(seed, guess).of(graph);
        try (OrtSession.Result result = session.run(inputs)) {
            Map<String, Sighting> seen = new HashMap<>();
            for (Map.Entry<String, OnnxTensor> input : inputs.entrySet()) {
                seen.put(input.getKey(), sighting(input.getValue()));
            }
            for (Map.Entry<String, OnnxValue> output : result) {
                if (output.getValue() instanceof OnnxTensor tensor) {
                    seen.put(output.getKey(), sighting(tensor));
                }
            }
            return seen;
        } catch (OrtException e) {
            throw OrtRuntime.refusal(e);
        } finally {
            inputs.values().forEach(OnnxTensor::close);
        }
    }

    private Sighting sighting(OnnxTensor tensor) {
        TensorInfo info = tensor.getInfo();
        double[][] uniform = looksAtValues ? UniformSlices.of(tensor) : null;
        return new Sighting(RandomInputs.elementType(info.type), info.getShape(), integers(tensor), uniform);
    }

    private static long @Nullable [] integers(OnnxTensor tensor) {
        TensorInfo info = tensor.getInfo();
        if (info.getShape().length > 1 || info.getNumElements() > MOST_INTEGERS) {
            return null;
        }
        long[] all = new long[(int) info.getNumElements()];
        switch (info.type) {
            case INT64 -> {
                if (all.length > 0) {
                    tensor.getByteBuffer()
                            .order(ByteOrder.nativeOrder())
                            .asLongBuffer()
                            .get(all);
                }
            }
            case INT32 -> {
                var buffer =
                        tensor.getByteBuffer().order(ByteOrder.nativeOrder()).asIntBuffer();
                for (int i = 0; i < all.length; i++) {
                    all[i] = buffer.get(i);
                }
            }
            default -> {
                return null;
            }
        }
        return all;
    }
}
