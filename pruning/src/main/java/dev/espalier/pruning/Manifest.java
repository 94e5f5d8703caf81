package dev.espalier.pruning;

import dev.espalier.onnx.Model;
import dev.espalier.onnx.Value;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Mask;
import dev.espalier.sparse.Shape;
import dev.espalier.sparse.SparseEncoding;
import dev.espalier.sparse.SparseEncodings;
import dev.espalier.sparse.SparsityPattern;
import dev.espalier.sparse.Unstructured;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.json.JsonMapper;

/// What a pruned model promises about its zeros, in the model's own metadata under [#KEY], as JSON:
///
/// ```json
/// {"version":1,"tensors":[
///   {"name":"conv1.weight","type":"f32","shape":[64,3,7,7],"zeros":8467,"digest":"8d3c...","encoding":"coo",
///    "bytes":6412}]}
/// ```
///
/// `name` is the tensor's path ([dev.espalier.onnx.Graph#path()] and its name), `digest` that of the positions of its
/// non-zero elements ([Mask#digest()]), `bytes` what it takes of the model's files ([Value#storedSize()]). `pattern` is
/// the [SparsityPattern] that they follow but for `exceptions` of its groups; both are left out where there is none.
///
/// @param version 1
/// @param tensors in the order in which they were pruned
public record Manifest(int version, List<Entry> tensors) {
    /// The metadata key.
    public static final String KEY = "espalier.sparsity";

    private static final int VERSION = 1;

    /// The promise for one tensor.
    public record Entry(
            String name,
            String type,
            List<Long> shape,
            long zeros,
            String digest,
            String encoding,
            long bytes,

            @Nullable String pattern,
            long exceptions) {
        static Entry of(Value value, ElementType type, Mask nonZeros, SparseEncoding encoding, long bytes) {
            return new Entry(
                    value.path(),
                    type.label(),
                    Arrays.stream(nonZeros.shape().dims()).boxed().toList(),
                    nonZeros.zeroCount(),
                    nonZeros.digest(),
                    encoding.name(),
                    bytes,
                    null,
                    0);
        }

        /// The same with the promise that the zeros follow a pattern.
        Entry following(SparsityPattern followed, Mask nonZeros) {
            return followed instanceof Unstructured
                    ? this
                    : new Entry(
                            name,
                            type,
                            shape,
                            zeros,
                            digest,
                            encoding,
                            bytes,
                            followed.toString(),
                            followed.violations(nonZeros).count());
        }

        /// The pattern; none if none is promised.
        ///
        /// @throws PruningException if it is none that is known here
        Optional<SparsityPattern> followed() {
            try {
                return Optional.ofNullable(pattern).map(SparsityPattern::parse);
            } catch (IllegalArgumentException e) {
                throw unreadable("'" + pattern + "' is no pattern that is known here");
            }
        }

        /// Whether it is about elements of this type and shape.
        boolean isOf(ElementLayout layout) {
            return layout.type().label().equals(type) && isOfShape(layout.shape());
        }

        /// What Jackson makes of a record by itself, without its finding out how: that takes a tenth of the time in
        /// which a small model is pruned.
        private void write(JsonGenerator json) {
            json.writeStartObject()
                    .writeStringProperty("name", name)
                    .writeStringProperty("type", type)
                    .writeArrayPropertyStart("shape");
            shape.forEach(json::writeNumber);
            json.writeEndArray()
                    .writeNumberProperty("zeros", zeros)
                    .writeStringProperty("digest", digest)
                    .writeStringProperty("encoding", encoding)
                    .writeNumberProperty("bytes", bytes);
            if (pattern != null) {
                json.writeStringProperty("pattern", pattern);
            }
            if (exceptions != 0) {
                json.writeNumberProperty("exceptions", exceptions);
            }
            json.writeEndObject();
        }

        private boolean isOfShape(Shape other) {
            return Arrays.stream(other.dims()).boxed().toList().equals(shape);
        }
    }

    /// The model's manifest; one without entries if it has none.
    ///
    /// @throws PruningException if there is one that cannot be read
    public static Manifest of(Model model) {
        return find(model).orElseGet(() -> new Manifest(VERSION, List.of()));
    }

    /// The model's manifest.
    ///
    /// @throws PruningException if there is one that cannot be read
    public static Optional<Manifest> find(Model model) {
        return model.metadata(KEY).map(Manifest::parse);
    }

    private static Manifest parse(String json) {
        Manifest manifest;
        try {
            manifest = JsonMapper.shared().readValue(json, Manifest.class);
        } catch (JacksonException e) {
            throw unreadable("it is not the JSON that Espalier writes");
        }
        if (manifest == null || manifest.version != VERSION) {
            throw unreadable("it is of a version that is not known here");
        }
        boolean isComplete = manifest.tensors != null
                && manifest.tensors.stream()
                        .allMatch(e -> e != null
                                && e.name != null
                                && e.type != null
                                && e.shape != null
                                && e.digest != null
                                && e.encoding != null);
        if (!isComplete) {
            throw unreadable("parts of it are missing");
        }
        return manifest;
    }

    private static PruningException unreadable(String why) {
        return new PruningException(
                "the sparsity manifest cannot be read: " + why,
                "metadata '" + KEY + "'",
                "prune the model again, or remove the metadata entry");
    }

    /// This one with other promises for some tensors.
    Manifest with(List<Entry> entries) {
        Map<String, Entry> all = new LinkedHashMap<>();
        tensors.forEach(entry -> all.put(entry.name, entry));
        entries.forEach(entry -> all.put(entry.name, entry));
        return new Manifest(VERSION, List.copyOf(all.values()));
    }

    /// Promises the zeros that tensors of other shapes have now, and forgets tensors that are no longer there. A model
    /// without a manifest gets none.
    public static void renew(Model model) {
        find(model).ifPresent(manifest -> {
            Evidence evidence = Evidence.of(model);
            List<Entry> entries = manifest.tensors.stream()
                    .flatMap(entry -> evidence
                            .constant(entry.name)
                            .map(value ->
                                    entry.isOfShape(evidence.layout(value).shape()) ? entry : renewed(value, evidence))
                            .stream())
                    .toList();
            new Manifest(VERSION, entries).writeTo(model);
        });
    }

    private static Entry renewed(Value value, Evidence evidence) {
        SparseEncoding encoding =
                SparseEncodings.named(value.constant().orElseThrow().storage()).orElse(SparseEncodings.DENSE);
        return Entry.of(value, evidence.layout(value).type(), evidence.nonZeros(value), encoding, value.storedSize());
    }

    void writeTo(Model model) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject().writeNumberProperty("version", version).writeArrayPropertyStart("tensors");
            tensors.forEach(entry -> entry.write(json));
            json.writeEndArray().writeEndObject();
        }
        model.setMetadata(KEY, text.toString());
    }
}
