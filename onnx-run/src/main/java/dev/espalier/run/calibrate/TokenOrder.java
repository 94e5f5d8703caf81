package dev.espalier.run.calibrate;

import dev.espalier.run.data.Batch;
import dev.espalier.run.data.Feed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/// Puts sentences of about the same length together, so that a batch has few positions where no token is: of
/// sentences in any order, one in thirty-two is twice as long as the mean, and all are computed as if they were.
final class TokenOrder {
    /// Batches among which sentences change places. The first and the last of many samples serve different ends.
    private static final int WINDOW = 16;
    /// Batches that follow each other are of so many lengths.
    private static final int LENGTHS = 4;

    private TokenOrder() {}

    /// Reads all samples.
    ///
    /// @return their numbers in the data, in an order to run them in; as they come if they are no tokens
    static int[] of(Feed feed) throws IOException {
        Map<Integer, Integer> lengths = new HashMap<>();
        int size = Math.ceilDiv(feed.size(), feed.batches());
        for (Batch batch = feed.next(); batch != null; batch = feed.next()) {
            Tensor mask = Tokens.mask(batch.inputs());
            if (mask == null || mask.dim(0) != batch.size()) {
                return feed.samples();
            }
            for (int i = 0; i < batch.size(); i++) {
                lengths.put(batch.sample(i), length(mask, i));
            }
        }
        return sorted(feed.samples(), sample -> lengths.getOrDefault(sample, 0), size);
    }

    private static int length(Tensor mask, int sample) {
        int length = mask.dim(1);
        while (length > 0 && mask.values()[sample * mask.dim(1) + length - 1] == 0) {
            length--;
        }
        return length;
    }

    /// @param length of a sample
    /// @param size of a batch
    static int[] sorted(int[] samples, IntUnaryOperator length, int size) {
        List<Integer> sorted = new ArrayList<>();
        for (int from = 0; from < samples.length; from += WINDOW * size) {
            int[] window = Arrays.copyOfRange(samples, from, Math.min(samples.length, from + WINDOW * size));
            List<Integer> byLength = Arrays.stream(window)
                    .boxed()
                    .sorted(Comparator.comparingInt(length::applyAsInt))
                    .toList();
            int batches = window.length / size;
            int step = Math.ceilDiv(batches, LENGTHS);
            for (int first = 0; first < step; first++) {
                for (int i = 0; i < LENGTHS; i++) {
                    // From the middle on: by the first batch is guessed how much memory all of them take.
                    int batch = first + (i + LENGTHS / 2) % LENGTHS * step;
                    if (batch < batches) {
                        sorted.addAll(byLength.subList(batch * size, (batch + 1) * size));
                    }
                }
            }
            sorted.addAll(byLength.subList(batches * size, window.length));
        }
        return sorted.stream().mapToInt(Integer::intValue).toArray();
    }
}
