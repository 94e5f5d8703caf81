package dev.espalier.run.validate;

import dev.espalier.run.data.DataException;
import dev.espalier.run.stats.Bootstrap;
import dev.espalier.run.stats.Interval;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Whether a part of the data lost more than the whole.
public final class SegmentProbe {
    private static final int MOST = 1000;

    private SegmentProbe() {}

    /// One part.
    ///
    /// @param drop in points
    /// @param interval of the drop in points, corrected for the number of segments
    public record Segment(
            String name, int samples, double original, double pruned, double drop, Interval interval, Answer answer) {}

    /// What it found.
    ///
    /// @param by what the segments are: a name of an array, or `class`
    /// @param segments those that lost most first
    /// @param maxDrop the bound for each, in points
    public record Result(Answer answer, String reason, String by, List<Segment> segments, double maxDrop)
            implements ProbeResult {
        @Override
        public String probe() {
            return "segments";
        }
    }

    /// Compares the models on each segment.
    ///
    /// Each interval is at 1 - 0.05 / k for k segments, so that all hold together at 95 % (Bonferroni's correction;
    /// Dunn, Journal of the American Statistical Association 56, 1961).
    ///
    /// @param column which segment each sample is in, by number, NaN for those in none, which make one too;
    /// empty for the classes
    /// @param by name of the column
    /// @param names of the segments, by number; empty for their numbers
    /// @throws DataException if there are too many
    public static Result of(
            Evaluation evaluation,
            Optional<double[]> column,
            String by,
            List<String> names,
            double maxDrop,
            Bootstrap bootstrap) {
        Map<Double, List<Integer>> parts = new TreeMap<>();
        for (int i = 0; i < evaluation.size(); i++) {
            double key = column.isPresent() ? column.get()[i] : evaluation.label(i);
            parts.computeIfAbsent(key, k -> new ArrayList<>()).add(i);
        }
        if (column.isEmpty() && parts.containsKey(-1.0)) {
            return new Result(
                    Answer.NOT_ASKED, "this task has no classes; --segment names an array", by, List.of(), maxDrop);
        }
        if (parts.size() > MOST) {
            throw new DataException(
                    "the array '" + by + "' has " + parts.size() + " different values",
                    "--segment " + by,
                    "segments are at most " + MOST + " groups of samples");
        }
        List<Segment> segments = new ArrayList<>();
        parts.forEach((key, rows) ->
                segments.add(segment(evaluation, name(key, names), rows, parts.size(), maxDrop, bootstrap)));
        segments.sort(Comparator.comparingDouble(Segment::drop).reversed());
        return result(by, segments, maxDrop);
    }

    private static Segment segment(
            Evaluation evaluation, String name, List<Integer> rows, int count, double maxDrop, Bootstrap bootstrap) {
        int[] samples = rows.stream().mapToInt(Integer::intValue).toArray();
        double level = 1 - (1 - AccuracyProbe.LEVEL) / count;
        double original = evaluation.metric(0, samples);
        double pruned = evaluation.metric(1, samples);
        Interval interval = AccuracyProbe.interval(
                evaluation, samples, AccuracyProbe.paired(evaluation, samples), bootstrap, level);
        return new Segment(
                name,
                samples.length,
                original,
                pruned,
                evaluation.judge().drop(original, pruned),
                interval,
                Answer.within(interval.low(), interval.high(), maxDrop));
    }

    private static String name(double key, List<String> names) {
        if (key >= 0 && key < names.size()) {
            return names.get((int) key);
        }
        if (Double.isNaN(key)) {
            return "(none)";
        }
        return key == Math.rint(key) ? Long.toString((long) key) : Double.toString(key);
    }

    private static Result result(String by, List<Segment> segments, double maxDrop) {
        List<Segment> failed = with(segments, Answer.FAIL);
        List<Segment> unclear = with(segments, Answer.CANNOT_TELL);
        Answer answer = Answer.all(segments.stream().map(Segment::answer).toList());
        Segment worst = failed.isEmpty() ? segments.getFirst() : failed.getFirst();
        String most = String.format(
                Locale.ROOT,
                "%s %s lost most, %.2f points (%.2f to %.2f, corrected for %d), allowed are %s",
                by,
                worst.name,
                worst.drop,
                worst.interval.low(),
                worst.interval.high(),
                segments.size(),
                Double.toString(maxDrop).replaceFirst("\\.0$", ""));
        String others = answer == Answer.CANNOT_TELL
                ? String.format("; %d of %d have too few samples to tell", unclear.size(), segments.size())
                : "";
        return new Result(answer, most + others, by, segments, maxDrop);
    }

    private static List<Segment> with(List<Segment> segments, Answer answer) {
        return segments.stream().filter(segment -> segment.answer == answer).toList();
    }
}
