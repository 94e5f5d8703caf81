package dev.espalier.onnx;

import dev.espalier.onnx.proto.StringStringEntryProto;
import dev.espalier.sparse.DenseData;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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
    private static final long PART = 1 << 24;
    /// What the caches next to a core hold.
    private static final int BUFFER = 1 << 18;

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
            size += constant.data().byteSize();
        }
    }

    /// Two tensors that were one range of a file, and of which neither has changed, stay one.
    private static boolean isSameMemory(Constant.External a, Constant.External b) {
        return a.data() instanceof DenseTensor(ElementType x, Shape y, MemorySegment one)
                && b.data() instanceof DenseTensor(ElementType u, Shape v, MemorySegment two)
                && one.address() == two.address()
                && one.byteSize() == two.byteSize();
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
                entry("length", Long.toString(constant.data().byteSize())));
    }

    private static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    }

    /// A part of a tensor, and its place in the file.
    private record Part(DenseData data, long from, long position) {
        void write(FileChannel out) throws IOException {
            long end = Math.min(data.byteSize(), from + PART);
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment buffer = arena.allocate(BUFFER);
                for (long at = from; at < end; at += BUFFER) {
                    MemorySegment piece = data.piece(at, (int) Math.min(BUFFER, end - at), buffer);
                    ByteBuffer bytes = piece.asByteBuffer();
                    while (bytes.hasRemaining()) {
                        out.write(bytes, position + at - from + bytes.position());
                    }
                }
            }
        }
    }

    /// Writes all tensors, several at a time: one is made while another goes to the system.
    void write(Path file, boolean isDurable) throws IOException {
        List<Part> parts = new ArrayList<>();
        for (Constant.External constant : inOrder) {
            long offset = offsets.getOrDefault(constant, 0L);
            for (long from = 0; from < constant.data().byteSize(); from += PART) {
                parts.add(new Part(constant.data(), from, offset + from));
            }
        }
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
            parts.parallelStream().forEach(part -> {
                try {
                    part.write(out);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            if (isDurable) {
                out.force(false);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
