package dev.espalier.run.validate;

import dev.espalier.run.data.DataException;
import java.util.Arrays;
import java.util.List;

/// Deciding for a class at each place: an output [classes, ...] and a label of the remaining shape for each sample.
/// Where
/// the label is 255 and there are fewer classes, the place does not count, as is usual.
public record Segmentation() implements Task {
    private static final int IGNORED = 255;

    @Override
    public String name() {
        return "segmentation";
    }

    @Override
    public Metric metric() {
        return Metric.MEAN_IOU;
    }

    @Override
    public Scorer scorer() {
        return new PlaceScorer();
    }

    private static final class PlaceScorer implements Scorer {
        private double[] intersections = {};
        private double[] sums = {};

        @Override
        public Score score(Sample sample) {
            RowOutput output = sample.output();
            int classes = output.dims().length < 2 ? 1 : (int) output.dims()[0];
            int places = classes < 1 ? 0 : output.values().length / classes;
            if (classes < 2 || places != sample.label().length) {
                throw new DataException(
                        "the output has the shape " + Arrays.toString(output.dims()) + " for a sample, its label has "
                                + sample.label().length + " numbers",
                        "",
                        "segmentation wants an output [classes, height, width] and labels [height, width]");
            }
            double[] columns = new double[2 * classes];
            intersections = Arrays.copyOf(intersections, classes);
            sums = Arrays.copyOf(sums, classes);
            for (int place = 0; place < places; place++) {
                count(sample, place, decision(output, classes, places, place), columns);
            }
            return Score.of(columns);
        }

        private static int decision(RowOutput output, int classes, int places, int place) {
            int best = 0;
            for (int c = 1; c < classes; c++) {
                best = output.values()[c * places + place] > output.values()[best * places + place] ? c : best;
            }
            return best;
        }

        private void count(Sample sample, int place, int decision, double[] columns) {
            int classes = columns.length / 2;
            double value = sample.label()[place];
            if (value == IGNORED && classes <= IGNORED) {
                return;
            }
            if (value != Math.rint(value) || value < 0 || value >= classes) {
                throw new DataException(
                        "label out of range: sample " + sample.number() + " has " + value
                                + ", the model has classes 0 to " + (classes - 1),
                        "",
                        "give the right array with --labels NAME; 255 marks places that do not count");
            }
            int label = (int) value;
            sums[label]++;
            sums[decision]++;
            columns[classes + label]++;
            if (label == decision) {
                columns[label]++;
                intersections[label]++;
            } else {
                columns[classes + decision]++;
            }
        }

        /// Dice = 2 intersection / (labelled + decided), the mean over the classes that occur.
        @Override
        public List<Figure> figures() {
            double sum = 0;
            int present = 0;
            for (int c = 0; c < sums.length; c++) {
                if (sums[c] > 0) {
                    sum += 2 * intersections[c] / sums[c];
                    present++;
                }
            }
            return List.of(new Figure("mean Dice", sum / present));
        }
    }
}
