package dev.espalier.onnx;

import dev.espalier.onnx.proto.StringStringEntryProto;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where each external constant goes in the one data file that is written. They keep the order they had in the files
/// they come from, and the alignment of their old offset, so the new file is never longer than the old ones but for
/// the alignment of the first tensor of a second file.
final class ExternalLayout {
    private static final long PAGE = 4096;
    private static final long FIRST_OF_A_FILE = 64;

    private final String location;
    private final IdentityHashMap<Constant.External, Long> offsets = new IdentityHashMap<>();
    private final List<Constant.External> inOrder;
    private long size;

    private ExternalLayout(String location, List<Constant.External> constants) {
        this.location = location;
        this.inOrder = constants;
        Constant.External last = null;
        for (Constant.External constant : constants) {
            if (last != null && isSameMemory(last, constant)) {
                offsets.put(constant, offsets.getOrDefault(last, 0L));
                continue;
            }
            last = constant;
            long alignment = alignment(constant.origin().offset());
            size = Math.ceilDiv(size, alignment) * alignment;
            offsets.put(constant, size);
            size += constant.tensor().data().byteSize();
        }
    }

    /// Two tensors that were one range of a file, and of which neither has changed, stay one.
    private static boolean isSameMemory(Constant.External a, Constant.External b) {
        MemorySegment one = a.tensor().data();
        MemorySegment two = b.tensor().data();
        return one.address() == two.address() && one.byteSize() == two.byteSize();
    }

    private static long alignment(long offset) {
        return offset == 0 ? FIRST_OF_A_FILE : Math.min(PAGE, Long.lowestOneBit(offset));
    }

    /// A layout for one constant alone, which tells how many bytes it takes.
    static ExternalLayout of(Constant constant) {
        IdentityHashMap<Constant.External, Boolean> found = new IdentityHashMap<>();
        collect(constant, found);
        return of(found, "x");
    }

    /// @param location the data file's name, relative to the model
    static ExternalLayout of(Model model, String location) {
        IdentityHashMap<Constant.External, Boolean> found = new IdentityHashMap<>();
        for (Graph graph : model.allGraphs()) {
            graph.initializers().forEach(value -> collect(value.constant().orElse(null), found));
            for (Node node : graph.nodes()) {
                for (Attribute attribute : node.attributes()) {
                    if (attribute instanceof Attribute.Tensor(String name, Constant constant)) {
                        collect(constant, found);
                    }
                }
            }
        }
        return of(found, location);
    }

    private static ExternalLayout of(IdentityHashMap<Constant.External, Boolean> found, String location) {
        List<Constant.External> constants = new ArrayList<>(found.keySet());
        constants.sort(Comparator.comparing((Constant.External c) -> c.origin().location())
                .thenComparingLong(c -> c.origin().offset())
                .thenComparingLong(c -> c.origin().length()));
        return new ExternalLayout(location, constants);
    }

    private static void collect(@Nullable Constant constant, IdentityHashMap<Constant.External, Boolean> found) {
        switch (constant) {
            case Constant.External external -> found.put(external, true);
            case Constant.Packed packed -> packed.stored().forEach(stored -> collect(stored, found));
            case null, default -> {}
        }
    }

    /// A layout for a model without external data.
    static ExternalLayout none() {
        return new ExternalLayout("", List.of());
    }

    boolean isEmpty() {
        return inOrder.isEmpty();
    }

    /// Bytes of the data file.
    long size() {
        return size;
    }

    /// The entries that say where the constant is.
    List<StringStringEntryProto> entries(Constant.External constant) {
        Long offset = offsets.get(constant);
        if (offset == null) {
            throw new IllegalStateException("an external constant that is in no graph");
        }
        return List.of(
                entry("location", location),
                entry("offset", Long.toString(offset)),
                entry("length", Long.toString(constant.tensor().data().byteSize())));
    }

    private static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    }

    void write(Path file) throws IOException {
        try (BufferedChannel out = BufferedChannel.to(file)) {
            for (Constant.External constant : inOrder) {
                out.moveTo(offsets.getOrDefault(constant, 0L));
                out.write(constant.tensor().data());
            }
        }
    }
}
