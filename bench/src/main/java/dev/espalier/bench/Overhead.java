package dev.espalier.bench;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.sun.management.OperatingSystemMXBean;
import dev.espalier.pruning.Progress;
import dev.espalier.run.data.Batch;
import dev.espalier.run.data.Dataset;
import dev.espalier.run.data.Feed;
import dev.espalier.run.data.FeedRequest;
import dev.espalier.run.data.Preprocess;
import dev.espalier.run.data.Selection;
import dev.espalier.run.validate.DataRequest;
import dev.espalier.run.validate.Subject;
import dev.espalier.run.validate.Validator;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What scoring a model on data costs beyond the runtime's own calls: both are timed in turns, on the same batches.
public final class Overhead {
    private static final int BATCH = 64;
    private static final int ROUNDS = 5;
    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private Overhead() {}

    /// Wall and processor time of one way, in nanoseconds.
    private record Cost(long wall, long processor) {
        interface Work {
            void run() throws IOException, OrtException;
        }

        static Cost of(Work work) throws IOException, OrtException {
            long wall = System.nanoTime();
            long processor = SYSTEM.getProcessCpuTime();
            work.run();
            return new Cost(System.nanoTime() - wall, SYSTEM.getProcessCpuTime() - processor);
        }
    }

    /// @param args a model, labelled data for it, and what is done to the data first, as `--preprocess` has it
    public static void main(String[] args) throws IOException, OrtException {
        Path model = Path.of(args[0]);
        Path data = Path.of(args[1]);
        FeedRequest feed = new FeedRequest(
                Map.of(),
                Set.of(),
                Optional.of("labels"),
                args.length > 2 ? Preprocess.parse(args[2]) : Preprocess.NONE,
                Selection.ALL,
                1,
                BATCH,
                0,
                0);
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            OrtEnvironment environment = OrtEnvironment.getEnvironment();
            List<Map<String, OnnxTensor>> batches = batches(model, data, feed, environment);
            double[] wall = new double[ROUNDS];
            double[] processor = new double[ROUNDS];
            System.out.printf("%-6s %10s %10s %10s %10s%n", "round", "bare s", "scored s", "wall", "processor");
            try (OrtSession session = environment.createSession(model.toString(), options)) {
                bare(session, batches);
                for (int round = 0; round < ROUNDS; round++) {
                    Cost bare = Cost.of(() -> bare(session, batches));
                    Cost scored = Cost.of(() -> scored(model, data, feed));
                    wall[round] = (double) scored.wall / bare.wall;
                    processor[round] = (double) scored.processor / bare.processor;
                    System.out.printf(
                            Locale.ROOT,
                            "%-6d %10.2f %10.2f %10.3f %10.3f%n",
                            round,
                            bare.processor / 1e9,
                            scored.processor / 1e9,
                            wall[round],
                            processor[round]);
                }
            }
            Arrays.sort(wall);
            Arrays.sort(processor);
            System.out.printf(Locale.ROOT, "%-28s %10.3f %10.3f%n", "median", wall[ROUNDS / 2], processor[ROUNDS / 2]);
        }
    }

    private static List<Map<String, OnnxTensor>> batches(
            Path model, Path data, FeedRequest request, OrtEnvironment environment) throws IOException, OrtException {
        List<Map<String, OnnxTensor>> batches = new ArrayList<>();
        try (Dataset dataset = Dataset.open(data);
                Feed feed = Feed.open(dataset, Subject.read(model).model().graph(), request)) {
            for (Batch batch = feed.next(); batch != null; batch = feed.next()) {
                Map<String, OnnxTensor> tensors = new HashMap<>();
                for (var input : batch.inputs().entrySet()) {
                    var elements = input.getValue().data().asByteBuffer().order(ByteOrder.nativeOrder());
                    var copy = java.nio.ByteBuffer.allocateDirect(elements.remaining())
                            .order(ByteOrder.nativeOrder())
                            .put(elements)
                            .flip();
                    tensors.put(
                            input.getKey(),
                            OnnxTensor.createTensor(
                                    environment, copy, input.getValue().shape().dims(), OnnxJavaType.FLOAT));
                }
                batches.add(tensors);
            }
        }
        return batches;
    }

    private static void bare(OrtSession session, List<Map<String, OnnxTensor>> batches) throws OrtException {
        for (Map<String, OnnxTensor> batch : batches) {
            session.run(batch).close();
        }
    }

    private static void scored(Path model, Path data, FeedRequest feed) throws IOException {
        try (Dataset dataset = Dataset.open(data)) {
            DataRequest request =
                    DataRequest.of(dataset, Optional.empty(), Optional.of("labels"), Optional.empty(), feed);
            Validator.evaluate(List.of(Subject.read(model)), dataset, request, Progress.NONE, () -> false)
                    .metric(0);
        }
    }
}
