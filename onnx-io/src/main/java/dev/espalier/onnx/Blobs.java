package dev.espalier.onnx;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// The large pieces of raw_data of a model, which stay where they are (mostly a mapped file) while protobuf handles the
/// rest. A TensorProto names one by its number.
final class Blobs {
    private final List<MemorySegment> segments;

    Blobs() {
        this(List.of());
    }

    private Blobs(List<MemorySegment> segments) {
        this.segments = new ArrayList<>(segments);
    }

    /// The same blobs, to which others can be added without changing this.
    Blobs copy() {
        return new Blobs(segments);
    }

    int add(MemorySegment segment) {
        segments.add(segment);
        return segments.size() - 1;
    }

    MemorySegment get(int number) {
        return segments.get(number);
    }
}
