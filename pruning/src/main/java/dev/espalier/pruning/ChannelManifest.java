package dev.espalier.pruning;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.espalier.onnx.Model;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Which channels were removed from a model, in the model's own metadata under [#KEY], as JSON:
///
/// ```json
/// {"version":1,"roundTo":8,"tensors":[
///   {"name":"conv1.weight","of":"conv1.weight","before":[64,3,7,7],"shape":[32,3,7,7],"removed":{"0":[1,4,5]}}]}
/// ```
///
/// `name` is the tensor's path, `of` that of the tensor of the original that it is a part of, `before` the
/// shape there, `shape` the one it has now, and `removed` the indices of the original that are gone, by axis.
/// Along an axis that each group of a convolution has for itself, indices count through all groups.
///
/// @param version 1
/// @param roundTo what widths were rounded to multiples of; null if only channels went that made no difference
/// @param attention which part of attention could go, `heads` or `size`; null if either
/// @param lossyNorms true if what LayerNormalization normalizes over could go; null if not
/// @param tensors in the order in which they were cut
public record ChannelManifest(
        int version,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer roundTo,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String attention,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Boolean lossyNorms,
        List<Entry> tensors) {
    /// The metadata key.
    public static final String KEY = "espalier.channels";

    private static final int VERSION = 1;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /// One tensor.
    public record Entry(
            String name, String of, List<Long> before, List<Long> shape, Map<Integer, List<Integer>> removed) {
        private boolean isComplete() {
            return name != null && of != null && before != null && shape != null && removed != null;
        }
    }

    public ChannelManifest {
        tensors = List.copyOf(tensors);
    }

    /// The model's manifest, if it has one.
    ///
    /// @throws PruningException if there is one that cannot be read
    public static Optional<ChannelManifest> find(Model model) {
        return model.metadata(KEY).map(ChannelManifest::parse);
    }

    private static ChannelManifest parse(String json) {
        try {
            ChannelManifest manifest = JSON.readValue(json, ChannelManifest.class);
            boolean isComplete = manifest != null
                    && manifest.version == VERSION
                    && manifest.tensors.stream().allMatch(entry -> entry != null && entry.isComplete());
            if (isComplete) {
                return manifest;
            }
        } catch (JacksonException | NullPointerException e) {
            // Said below, as for what is incomplete.
        }
        throw new PruningException(
                "the manifest of removed channels cannot be read: it is not what Espalier writes",
                "metadata '" + KEY + "'",
                "prune the original again, or remove the metadata entry");
    }

    /// Adds what was removed now, in terms of what the model was when it was first pruned, and writes it.
    /// Tensors that are no longer there are forgotten.
    public static void add(Model model, List<Entry> entries) {
        Map<String, Entry> old = new HashMap<>();
        Map<String, Entry> all = new LinkedHashMap<>();
        find(model).map(ChannelManifest::tensors).orElse(List.of()).forEach(entry -> {
            old.put(entry.name, entry);
            all.put(entry.name, entry);
        });
        for (Entry entry : entries) {
            all.put(entry.name, old.containsKey(entry.of) ? joined(old.get(entry.of), entry) : entry);
        }
        Evidence evidence = Evidence.of(model);
        all.keySet().removeIf(name -> evidence.constant(name).isEmpty());
        ChannelManifest before = find(model).orElse(new ChannelManifest(VERSION, null, null, null, List.of()));
        write(
                model,
                new ChannelManifest(
                        VERSION, before.roundTo, before.attention, before.lossyNorms, List.copyOf(all.values())));
    }

    /// Adds how channels were chosen, if anything was removed.
    ///
    /// @param roundTo what widths were rounded to multiples of
    /// @param attention `heads` or `size`; null if either could go
    /// @param lossyNorms whether what LayerNormalization normalizes over could go
    public static void addSettings(Model model, int roundTo, @Nullable String attention, boolean lossyNorms) {
        find(model).ifPresent(manifest -> {
            Boolean wasLossy = manifest.lossyNorms;
            boolean isLossy = lossyNorms || (wasLossy != null && wasLossy);
            write(model, new ChannelManifest(VERSION, roundTo, attention, isLossy ? true : null, manifest.tensors));
        });
    }

    private static void write(Model model, ChannelManifest manifest) {
        model.setMetadata(KEY, JSON.writeValueAsString(manifest));
    }

    /// Indices of what is left of a tensor, as those of what it was.
    private static Entry joined(Entry first, Entry then) {
        Map<Integer, List<Integer>> removed = new TreeMap<>(first.removed);
        then.removed.forEach((axis, indices) -> removed.merge(axis, indices, (old, more) -> {
            List<Integer> sorted = new ArrayList<>(old);
            sorted.sort(null);
            for (int index : more) {
                int place = index;
                for (int gone : old) {
                    place += gone <= place ? 1 : 0;
                }
                sorted.add(place);
            }
            sorted.sort(null);
            return sorted;
        }));
        return new Entry(then.name, first.of, first.before, then.shape, removed);
    }
}
