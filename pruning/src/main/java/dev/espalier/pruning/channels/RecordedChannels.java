package dev.espalier.pruning.channels;

import dev.espalier.pruning.ChannelManifest;
import dev.espalier.pruning.ChannelManifest.Entry;
import dev.espalier.pruning.PruningException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The channels that a manifest says were removed, found again in the original. What the pruner thought does not
/// matter:
/// whatever goes with an index that is recorded goes here too, and then every tensor that is recorded must have
/// lost what the record says.
public final class RecordedChannels {
    private final ChannelStructure structure;
    private final Map<String, List<ChannelTensor>> reads = new HashMap<>();
    private final BitSet removed = new BitSet();

    private RecordedChannels(ChannelStructure structure) {
        this.structure = structure;
        for (ChannelTensor tensor : structure.graph().tensors()) {
            if (tensor.isStored()) {
                reads.computeIfAbsent(tensor.source().path(), path -> new ArrayList<>())
                        .add(tensor);
            }
        }
    }

    /// Finds them.
    ///
    /// @param structure the original's
    /// @throws PruningException if they are not channels of this model
    public static RecordedChannels in(ChannelStructure structure, ChannelManifest manifest) {
        RecordedChannels recorded = new RecordedChannels(structure);
        // A tensor that was copied first may have lost other indices for each of its readers: those come last.
        manifest.tensors().stream()
                .filter(entry -> entry.name().equals(entry.of()))
                .forEach(entry -> recorded.remove(entry, recorded.readsOf(entry).getFirst()));
        recorded.unmet(manifest).forEach(entry -> recorded.remove(entry, recorded.readerOf(entry)));
        recorded.unmet(manifest).forEach(entry -> {
            throw fault(entry, "what goes with its channels is not what is recorded");
        });
        return recorded;
    }

    /// Names of the main graph's values that have lost indices.
    public Set<String> cutValues() {
        return structure.keep(removed).cutValues();
    }

    /// Masks them where they are read. The structure is of no use afterwards.
    public void applyAsMask() {
        MaskedTwin.mask(structure, structure.keep(removed));
    }

    private List<ChannelTensor> readsOf(Entry entry) {
        List<ChannelTensor> found = reads.getOrDefault(entry.of(), List.of());
        if (found.isEmpty()) {
            throw fault(entry, "it has no tensor '" + entry.of() + "' that a node reads");
        }
        return found;
    }

    /// The only reader for which its indices can go.
    private ChannelTensor readerOf(Entry entry) {
        List<ChannelTensor> able = readsOf(entry).stream()
                .filter(read -> entry.removed().entrySet().stream()
                        .allMatch(axis -> axis.getValue().stream()
                                .allMatch(index -> classOf(read, axis.getKey(), index) != ChannelPartition.FROZEN)))
                .toList();
        if (able.size() != 1) {
            throw fault(entry, able.size() + " readers could have lost its channels");
        }
        return able.getFirst();
    }

    private void remove(Entry entry, ChannelTensor read) {
        entry.removed()
                .forEach((axis, indices) -> indices.forEach(index -> {
                    int member = classOf(read, axis, index);
                    if (member == ChannelPartition.FROZEN) {
                        throw fault(entry, "index " + index + " of axis " + axis + " cannot go");
                    }
                    removed.set(member);
                }));
    }

    private int classOf(ChannelTensor read, int axis, int index) {
        if (axis < 0 || axis >= read.rank()) {
            return ChannelPartition.FROZEN;
        }
        ChannelPartition partition = structure.partition();
        int id = read.axis(axis).id();
        boolean isThere = index >= 0 && index < partition.liveSize(partition.spaceOf(id));
        return isThere ? partition.classOf(id, index) : ChannelPartition.FROZEN;
    }

    /// Entries of which no reader loses what is recorded.
    private List<Entry> unmet(ChannelManifest manifest) {
        KeptIndices kept = structure.keep(removed);
        return manifest.tensors().stream().filter(entry -> !isMet(entry, kept)).toList();
    }

    private boolean isMet(Entry entry, KeptIndices kept) {
        return readsOf(entry).stream().anyMatch(read -> {
            Map<Integer, List<Integer>> lost = new HashMap<>();
            for (int axis = 0; axis < read.rank(); axis++) {
                if (kept.isCut(read.axis(axis))) {
                    lost.put(axis, kept.removed(read.axis(axis)));
                }
            }
            return lost.equals(entry.removed());
        });
    }

    private static PruningException fault(Entry entry, String why) {
        return new PruningException(
                "the recorded channels are not those of this original: " + why,
                "tensor '" + entry.name() + "'",
                "give the file that was pruned");
    }
}
