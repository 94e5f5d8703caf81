package dev.espalier.pruning;

import dev.espalier.onnx.Model;
import dev.espalier.sparse.PackedEncoding;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A model whose packed weights stay packed in ONNX Runtime's memory: they are decoded at each run, not once when
/// it is loaded.
public final class InMemory {
    /// Configuration entries of a session that keep the runtime from decoding them when it loads the model. What
    /// is small is still computed then, the shapes of a graph for instance. With ConstantSharing, weights of one
    /// size would be decoded into zeros that are shared, and so have to be copied.
    public static final Map<String, String> SETTINGS;

    static {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("optimization.constant_folding_max_output_size_in_bytes", "1024");
        settings.put("optimization.disable_specified_optimizers", "ConstantSharing");
        SETTINGS = Collections.unmodifiableMap(settings);
    }

    /// Metadata that the runtime heeds where the environment variable ORT_LOAD_CONFIG_FROM_MODEL is 1. It has no
    /// room for configuration entries, only for the level of optimization: none.
    private static final String KEY = "ort_config";

    private static final String OPTIONS = "session_options";
    private static final String LEVEL = "graph_optimization_level";
    private static final String DECLARED = "{\"" + OPTIONS + "\":{\"" + LEVEL + "\":0}}";

    private InMemory() {}

    /// Stores the zeros of a model in packed forms and declares in its metadata how it is to be loaded.
    ///
    /// @throws PruningException if nothing can be packed, or the model's own `ort_config` cannot be read
    public static Exporter.Result apply(Model model, EncodingChoice encodings, Progress progress) {
        Exporter.Result result = Exporter.apply(model, encodings, progress);
        if (result.tensors().stream().noneMatch(tensor -> tensor.encoding() instanceof PackedEncoding)) {
            throw new PruningException(
                    "no weight of this model can stay packed in memory",
                    "",
                    result.tensors().stream()
                            .flatMap(tensor -> tensor.note().stream())
                            .findFirst()
                            .orElse("dense they are as small"));
        }
        try {
            ObjectNode config = (ObjectNode)
                    JsonMapper.shared().readTree(model.metadata(KEY).orElse("{}"));
            config.withObject("/" + OPTIONS).put(LEVEL, 0);
            model.setMetadata(KEY, config.toString());
        } catch (JacksonException | ClassCastException e) {
            throw new PruningException(
                    "its metadata entry '" + KEY + "' is not as ONNX Runtime has it",
                    "",
                    "take the entry out of the model");
        }
        return result;
    }

    /// Takes the declaration back, for a model that is stored otherwise now.
    public static void undeclare(Model model) {
        if (model.metadata(KEY).filter(DECLARED::equals).isPresent()) {
            model.removeMetadata(KEY);
        }
    }
}
