package dev.espalier.run.data;

import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What a [Feed] is to deliver.
///
/// @param names array for an input, where their names differ
/// @param others arrays that are no inputs, segments for instance
/// @param labels name of the array with a label for each sample
/// @param rowsPerSample how many rows of the inputs make a sample: 2 for pairs
/// @param batch how many rows are run at once, where the model leaves it open; at least 1
/// @param noise standard deviation of normal noise that is added to float inputs, from the seed and the row's number
/// @param seed of the noise
public record FeedRequest(
        Map<String, String> names,
        Set<String> others,
        Optional<String> labels,
        Preprocess preprocess,
        Selection selection,
        int rowsPerSample,
        int batch,
        double noise,
        long seed) {
    /// Rows as they are, in their order, without labels.
    ///
    /// @param batch how many rows are run at once, where the model leaves it open; at least 1
    public static FeedRequest of(int batch) {
        return new FeedRequest(Map.of(), Set.of(), Optional.empty(), Preprocess.NONE, Selection.ALL, 1, batch, 0, 0);
    }

    /// The same, with an array that is no input.
    public FeedRequest without(String array) {
        Set<String> all = new HashSet<>(others);
        all.add(array);
        return new FeedRequest(names, all, labels, preprocess, selection, rowsPerSample, batch, noise, seed);
    }

    /// The same with noise.
    ///
    /// @param deviation standard deviation
    public FeedRequest withNoise(double deviation) {
        return new FeedRequest(names, others, labels, preprocess, selection, rowsPerSample, batch, deviation, seed);
    }

    /// The same with another batch size.
    public FeedRequest withBatch(int rows) {
        return new FeedRequest(names, others, labels, preprocess, selection, rowsPerSample, rows, noise, seed);
    }
}
