package dev.espalier.run.data;

import dev.espalier.onnx.Graph;
import dev.espalier.sparse.DenseTensor;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The samples of a data set as a model takes them, batch after batch. Two batches are in memory: the one that a model
/// runs on, and the one that is read meanwhile.
public final class Feed implements Closeable {
    /// A sample that could not be read, and why.
    ///
    /// @param sample number in the data, from 0
    public record Unreadable(int sample, String reason) {}

    private final FeedRequest request;
    private final int[] samples;
    private final int batch;
    private final boolean isPadded;
    private final List<InputRows> inputs = new ArrayList<>();
    private @Nullable LabelRows labels;
    private final List<Unreadable> unreadable = new ArrayList<>();
    private int next;

    private Feed(FeedRequest request, int[] samples, int batch, boolean isPadded) {
        this.request = request;
        this.samples = samples;
        this.batch = batch;
        this.isPadded = isPadded;
    }

    /// Opens what the inputs of a model need.
    ///
    /// @throws DataException if the data does not fit the model or the request
    public static Feed open(Dataset data, Graph graph, FeedRequest request) throws IOException {
        return open(data, graph, request, null);
    }

    /// The same with samples that are known already, in any order.
    ///
    /// @param chosen their numbers in the data
    public static Feed of(Dataset data, Graph graph, FeedRequest request, int[] chosen) throws IOException {
        return open(data, graph, request, chosen);
    }

    private static Feed open(Dataset data, Graph graph, FeedRequest request, int @Nullable [] chosen)
            throws IOException {
        Set<String> taken = new HashSet<>(request.others());
        request.labels().ifPresent(taken::add);
        request.selection().where().ifPresent(where -> taken.add(where.array()));
        List<Binding> bindings = Binding.of(data, graph, request, taken);
        if (bindings.isEmpty()) {
            throw new DataException("the model has no inputs", "", "there is nothing to feed it with");
        }
        int perSample = request.rowsPerSample();
        long rows = rows(data, bindings);
        int[] samples = chosen == null ? request.selection().of(data, rows / perSample) : chosen.clone();
        int fixed = Binding.fixedBatch(bindings).orElse(0);
        int batch = Math.max(1, Math.ceilDiv(fixed > 0 ? fixed : request.batch(), perSample));
        if (fixed > 0 && fixed % perSample != 0) {
            batch = 1;
        }
        Feed feed = new Feed(request, samples, batch, fixed > 0);
        try {
            boolean anyOrder = !Selection.isAscending(samples);
            for (Binding binding : bindings) {
                feed.inputs.add(InputRows.open(data, binding, request, batch * perSample, anyOrder));
            }
            if (request.labels().isPresent()) {
                feed.labels = LabelRows.open(data, request.labels().get(), samples, anyOrder);
            }
            return feed;
        } catch (IOException | RuntimeException e) {
            feed.close();
            throw e;
        }
    }

    private static long rows(Dataset data, List<Binding> bindings) {
        List<Field> fields = bindings.stream().map(Binding::field).toList();
        if (fields.stream().mapToLong(Field::rows).distinct().count() > 1) {
            throw new DataException(
                    "the inputs have different numbers of rows: " + fields,
                    "file '" + data.source() + "'",
                    "each row of one belongs to the same row of the others");
        }
        return fields.getFirst().rows();
    }

    /// How many samples there are.
    public int size() {
        return samples.length;
    }

    /// How many batches they make, if every sample can be read.
    public int batches() {
        return Math.ceilDiv(samples.length, batch);
    }

    /// The samples' numbers in the data, in the order in which they come.
    public int[] samples() {
        return samples.clone();
    }

    /// Whether there are no more samples.
    public boolean isAtEnd() {
        return next == samples.length;
    }

    /// Samples that could not be read so far, and were left out.
    public List<Unreadable> unreadable() {
        return List.copyOf(unreadable);
    }

    /// The next samples; null after the last. The batch before stays as it is, the one before that does not.
    public @Nullable Batch next() throws IOException {
        inputs.forEach(InputRows::turn);
        int count = 0;
        int[] read = new int[batch];
        double[][] targets = new double[labels == null ? 0 : batch][];
        while (count < batch && next < samples.length) {
            int sample = samples[next++];
            try {
                readSample(sample, count);
                if (labels != null) {
                    targets[count] = labels.read(sample);
                }
                read[count++] = sample;
            } catch (UnreadableRowException e) {
                unreadable.add(new Unreadable(sample, String.valueOf(e.getMessage())));
            }
        }
        if (count == 0) {
            return null;
        }
        int rows = (isPadded ? batch : count) * request.rowsPerSample();
        Map<String, DenseTensor> tensors = new LinkedHashMap<>();
        for (InputRows input : inputs) {
            tensors.put(input.name(), input.tensor(rows));
        }
        return new Batch(
                Arrays.copyOf(read, count), rows, tensors, labels == null ? targets : Arrays.copyOf(targets, count));
    }

    private void readSample(int sample, int place) throws IOException {
        int perSample = request.rowsPerSample();
        for (int i = 0; i < perSample; i++) {
            for (InputRows input : inputs) {
                input.read((long) sample * perSample + i, place * perSample + i);
            }
        }
    }

    @Override
    public void close() throws IOException {
        List<Closeable> open = Stream.concat(inputs.stream(), Stream.ofNullable(labels))
                .map(Closeable.class::cast)
                .toList();
        for (Closeable rows : open) {
            rows.close();
        }
    }
}
