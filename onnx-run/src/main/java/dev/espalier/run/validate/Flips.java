package dev.espalier.run.validate;

import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.stream.IntStream;

/// The samples that two models decide differently and of which the first was surest, with what both computed. Only the
/// worst are kept.
final class Flips {
    private static final int MOST = 20;
    private static final int CLASSES = 5;

    private final PriorityQueue<EdgeProbe.Flip> worst =
            new PriorityQueue<>(Comparator.comparingDouble(EdgeProbe.Flip::originalMargin));

    void add(int sample, int label, RowOutput original, RowOutput pruned) {
        worst.add(new EdgeProbe.Flip(sample, label, original.margin(), top(original), pruned.margin(), top(pruned)));
        if (worst.size() > MOST) {
            worst.remove();
        }
    }

    /// The worst first.
    List<EdgeProbe.Flip> worst() {
        return worst.stream()
                .sorted(Comparator.comparingDouble(EdgeProbe.Flip::originalMargin)
                        .reversed()
                        .thenComparingInt(EdgeProbe.Flip::sample))
                .toList();
    }

    private static List<EdgeProbe.ClassOutput> top(RowOutput output) {
        return IntStream.range(0, output.values().length)
                .mapToObj(c -> new EdgeProbe.ClassOutput(c, output.values()[c]))
                .sorted(Comparator.comparingDouble(EdgeProbe.ClassOutput::value).reversed())
                .limit(CLASSES)
                .toList();
    }
}
