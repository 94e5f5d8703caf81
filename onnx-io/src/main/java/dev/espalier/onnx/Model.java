package dev.espalier.onnx;

import dev.espalier.onnx.proto.ModelProto;
import dev.espalier.onnx.proto.OperatorSetIdProto;
import dev.espalier.onnx.proto.StringStringEntryProto;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// An ONNX model.
public final class Model {
    private final @Nullable Path source;
    private final ExternalData externalData;
    private final Blobs blobs;
    private final Graph graph;
    private final List<Function> functions;
    private final Map<List<String>, Function> functionsByCall = new HashMap<>();
    private ModelProto rest;

    /// @param rest the message it was read from, without the graph and the functions
    Model(
            @Nullable Path source,
            ExternalData externalData,
            Blobs blobs,
            ModelProto rest,
            Graph graph,
            List<Function> functions) {
        this.source = source;
        this.externalData = externalData;
        this.blobs = blobs;
        this.rest = rest;
        this.graph = graph;
        this.functions = List.copyOf(functions);
        functions.forEach(f -> functionsByCall.putIfAbsent(Function.call(f.domain(), f.name(), f.overload()), f));
    }

    /// The file it was read from.
    public Optional<Path> source() {
        return Optional.ofNullable(source);
    }

    /// The files of external data it was read from, as real paths.
    public Set<Path> externalFiles() {
        return Set.copyOf(externalData.files());
    }

    /// The main graph.
    public Graph graph() {
        return graph;
    }

    /// The local functions.
    public List<Function> functions() {
        return functions;
    }

    /// The function that a node calls, if it calls one.
    public Optional<Function> functionOf(Node node) {
        return Optional.ofNullable(functionsByCall.get(Function.call(node.domain(), node.operator(), node.overload())));
    }

    /// The main graph, the bodies of the functions, and every graph nested in one of these.
    public List<Graph> allGraphs() {
        List<Graph> all = new ArrayList<>();
        collect(graph, all);
        functions.forEach(f -> collect(f.body(), all));
        return all;
    }

    private static void collect(Graph graph, List<Graph> all) {
        all.add(graph);
        for (Node node : graph.nodes()) {
            for (Graph body : node.bodies()) {
                collect(body, all);
            }
        }
    }

    /// The version of the file format.
    public long irVersion() {
        return rest.getIrVersion();
    }

    /// Says that the file needs a newer file format.
    public void setIrVersion(long version) {
        rest = rest.toBuilder().setIrVersion(version).build();
    }

    /// The operator sets in use: domain (empty for the standard's own) to version.
    public Map<String, Long> opsets() {
        return opsets(rest.getOpsetImportList());
    }

    static Map<String, Long> opsets(List<OperatorSetIdProto> imports) {
        Map<String, Long> opsets = new LinkedHashMap<>();
        for (OperatorSetIdProto opset : imports) {
            opsets.putIfAbsent(opset.getDomain().equals("ai.onnx") ? "" : opset.getDomain(), opset.getVersion());
        }
        return opsets;
    }

    /// The version of a domain's operators that a graph is written in: a function may use others than the main graph.
    /// 0 if the domain is not imported.
    public long opset(Graph graph, String domain) {
        Graph root = graph;
        while (root.outer().isPresent()) {
            root = root.outer().get();
        }
        for (Function function : functions) {
            if (function.body() == root) {
                return function.opsets().getOrDefault(domain, 0L);
            }
        }
        return opsets().getOrDefault(domain, 0L);
    }

    /// The tool that wrote the file, with its version.
    public String producer() {
        return (rest.getProducerName() + " " + rest.getProducerVersion()).strip();
    }

    /// A metadata entry.
    public Optional<String> metadata(String key) {
        return rest.getMetadataPropsList().stream()
                .filter(entry -> entry.getKey().equals(key))
                .map(StringStringEntryProto::getValue)
                .findFirst();
    }

    /// Sets a metadata entry, in the place of one of that key or after the others.
    public void setMetadata(String key, String value) {
        StringStringEntryProto entry =
                StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
        for (int i = 0; i < rest.getMetadataPropsCount(); i++) {
            if (rest.getMetadataProps(i).getKey().equals(key)) {
                rest = rest.toBuilder().setMetadataProps(i, entry).build();
                return;
            }
        }
        rest = rest.toBuilder().addMetadataProps(entry).build();
    }

    /// Removes a metadata entry.
    public void removeMetadata(String key) {
        List<StringStringEntryProto> others = rest.getMetadataPropsList().stream()
                .filter(entry -> !entry.getKey().equals(key))
                .toList();
        rest = rest.toBuilder().clearMetadataProps().addAllMetadataProps(others).build();
    }

    /// The data that messages of this model stand in for.
    Blobs blobs() {
        return blobs;
    }

    ModelProto rest() {
        return rest;
    }
}
