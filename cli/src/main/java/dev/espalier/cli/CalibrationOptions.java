package dev.espalier.cli;

import dev.espalier.run.data.Dataset;
import dev.espalier.run.data.FeedRequest;
import dev.espalier.run.data.Preprocess;
import dev.espalier.run.data.Selection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Samples that a model is pruned with.
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class CalibrationOptions {
    private static final int BATCH = 64;

    @Option(
            names = "--calibration",
            paramLabel = "DATA",
            description =
                    "Samples without labels (.npz, .npy), an array for each input: each layer is pruned so that it "
                            + "computes on them what it did, and what stays is fitted.")
    private @Nullable Path data;

    @Option(
            names = "--samples",
            paramLabel = "N",
            description = "How many of them at most (default: ${DEFAULT-VALUE}); two thousand are mostly enough.")
    private int samples = 2048;

    @Option(
            names = "--input",
            paramLabel = "INPUT=ARRAY",
            description = "The array for an input, where their names differ. Repeatable.")
    private Map<String, String> inputs = new LinkedHashMap<>();

    @Option(
            names = "--preprocess",
            paramLabel = "STEPS",
            converter = DataOptions.PreprocessConverter.class,
            description = "What is done to each sample first: scale=1/255,mean=.485:.456:.406,std=.229:.224:.225,"
                    + "layout=nchw|nhwc,bgr; each part optional.")
    private Preprocess preprocess = Preprocess.NONE;

    boolean isGiven() {
        return data != null;
    }

    Dataset open() throws IOException {
        if (data == null) {
            throw new IllegalStateException("no calibration data");
        }
        return Dataset.open(data);
    }

    FeedRequest request(long seed) {
        Selection selection = new Selection(Optional.empty(), Math.max(1, samples), Optional.of(seed));
        return new FeedRequest(inputs, Set.of(), Optional.empty(), preprocess, selection, 1, BATCH, 0, seed);
    }
}
