package dev.espalier.run.calibrate;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Graph;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.onnx.Value;
import dev.espalier.run.ModelRunException;
import dev.espalier.run.TemporaryFolder;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// A model that is walked through from layer to layer, all samples at each before the next: what the rest of the model
/// reads is kept for every batch, so that each node runs once. Where that is more than memory may take, the next step
/// begins where the last one that was kept did.
final class Walk implements AutoCloseable {
    /// A place to look.
    ///
    /// @param place how many nodes may have run before
    /// @param values what is to be seen
    record Stop(int place, Set<String> values) {}

    private final Path source;
    private final Graph graph;
    private final Route route;
    private final Set<Stop> ahead;
    private final long memory;
    private final TemporaryFolder folder;
    private final int threads;
    private final Map<String, Constant> changes = new HashMap<>();
    /// Of each batch; none at the beginning.
    private List<Map<String, DenseTensor>> kept = List.of();
    private @Nullable Arena home;
    private int place;

    /// @param stops all that there will be
    /// @param memory bytes that may be kept
    Walk(Path source, Set<Stop> stops, long memory, TemporaryFolder folder, int threads) throws IOException {
        this.source = source;
        this.graph = OnnxReader.read(source).graph();
        this.route = Route.of(graph);
        this.ahead = new HashSet<>(stops);
        this.memory = memory;
        this.folder = folder;
        this.threads = threads;
    }

    /// From now on, a constant is this.
    void change(String path, Constant constant) {
        changes.put(path, constant);
        if (graph.value(path).map(route::firstUse).orElse(0) < place) {
            forget();
        }
    }

    /// What a constant is now.
    Constant constant(Value value) {
        Constant changed = changes.get(value.path());
        return changed == null
                ? graph.value(value.path()).flatMap(Value::constant).orElseThrow()
                : changed;
    }

    /// Whether batches have to be given.
    boolean isAtInputs() {
        return kept.isEmpty();
    }

    private void forget() {
        kept = List.of();
        if (home != null) {
            home.close();
            home = null;
        }
        place = 0;
    }

    /// Whether the way to a stop begins at the inputs, so that batches have to be given.
    boolean isAtInputs(Stop stop) {
        return isAtInputs() || stop.place() < place;
    }

    /// Goes on to a stop, or back to it from the inputs.
    ///
    /// @param batches how many there are
    Leg to(Stop stop, int batches) {
        ahead.remove(stop);
        if (stop.place() < place) {
            forget();
        }
        return new Leg(stop, batches);
    }

    /// From what is kept at present to the outputs, with some constants given for each run.
    Piece rest(Set<String> open, Set<String> outputs) throws IOException, ModelRunException {
        Map<String, ElementType> given = new LinkedHashMap<>();
        kept.getFirst().forEach((name, tensor) -> given.put(name, tensor.type()));
        open.forEach(name -> given.put(
                name, graph.value(name).flatMap(Value::constant).orElseThrow().type()));
        return Piece.load(source, changes, given, outputs, folder.file("rest.onnx"), threads);
    }

    /// What is kept of a batch.
    Map<String, DenseTensor> kept(int batch) {
        return kept.get(batch);
    }

    /// The way of all batches from one stop to the next.
    final class Leg implements AutoCloseable {
        private final Stop stop;
        private final int batches;
        private final Set<String> live;
        private final List<Map<String, DenseTensor>> next = new ArrayList<>();
        private final Arena arena;
        private @Nullable Piece piece;
        private boolean isKept = true;
        private int batch;

        @SuppressWarnings("MustBeClosed") // what is kept outlives the way to it
        private Leg(Stop stop, int batches) {
            this.stop = stop;
            this.batches = batches;
            Set<String> later = new HashSet<>();
            ahead.forEach(s -> later.addAll(s.values()));
            this.live = route.live(stop.place(), later);
            this.arena = Arena.ofShared();
        }

        /// Runs the next batch.
        ///
        /// @param inputs of the model; only looked at from the beginning
        /// @return the values of the stop, for use until the next batch
        Map<String, Tensor> run(Map<String, DenseTensor> inputs) throws IOException, ModelRunException {
            Map<String, DenseTensor> from = kept.isEmpty() ? inputs : kept.get(batch);
            Piece current = piece == null ? load(from) : piece;
            piece = current;
            if (isKept) {
                return run(current, from, arena);
            }
            try (Arena once = Arena.ofShared()) {
                return run(current, from, once);
            }
        }

        private Map<String, Tensor> run(Piece current, Map<String, DenseTensor> from, Arena to)
                throws ModelRunException {
            Map<String, DenseTensor> all = new HashMap<>(from);
            all.putAll(current.run(from, to));
            keep(all, from);
            batch++;
            Map<String, Tensor> seen = new HashMap<>();
            stop.values().forEach(name -> {
                DenseTensor tensor = all.get(name);
                if (tensor != null) {
                    seen.put(name, Tensor.of(tensor));
                }
            });
            return seen;
        }

        private Piece load(Map<String, DenseTensor> from) throws IOException, ModelRunException {
            Set<String> wanted = new TreeSet<>(live);
            wanted.addAll(stop.values());
            Map<String, ElementType> given = new LinkedHashMap<>();
            from.forEach((name, tensor) -> given.put(name, tensor.type()));
            return Piece.load(source, changes, given, wanted, folder.file("piece.onnx"), threads);
        }

        private void keep(Map<String, DenseTensor> all, Map<String, DenseTensor> from) {
            if (batch == 0) {
                long bytes = all.entrySet().stream()
                        .filter(entry -> live.contains(entry.getKey()))
                        .mapToLong(entry -> entry.getValue().data().byteSize())
                        .sum();
                // While it is made, the last one is still there.
                isKept = all.keySet().containsAll(live) && bytes * batches <= memory / 2;
            }
            if (!isKept) {
                return;
            }
            Map<String, DenseTensor> values = new LinkedHashMap<>();
            all.forEach((name, tensor) -> {
                if (live.contains(name)) {
                    values.put(name, from.containsKey(name) ? copy(tensor) : tensor);
                }
            });
            next.add(values);
        }

        private DenseTensor copy(DenseTensor tensor) {
            MemorySegment data = arena.allocate(tensor.data().byteSize(), 64).copyFrom(tensor.data());
            return new DenseTensor(tensor.type(), tensor.shape(), data);
        }

        /// From now on the walk begins here, if every batch came this far and could be kept.
        @Override
        public void close() throws ModelRunException {
            if (piece != null) {
                piece.close();
            }
            if (isKept && next.size() == batches) {
                forget();
                kept = next;
                home = arena;
                place = stop.place();
            } else {
                arena.close();
            }
        }
    }

    @Override
    public void close() {
        forget();
    }
}
