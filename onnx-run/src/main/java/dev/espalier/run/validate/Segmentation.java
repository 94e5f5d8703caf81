package dev.espalier.run.validate;

import dev.espalier.run.data.DataException;
import java.util.Arrays;
import java.util.List;

/// Deciding for a class at each place: an output [classes, ...] and a label of the remaining shape for each sample.
/// Where
/// the label is 255 and there are fewer classes, the place does not count, as is usual. Columns: the places of each
/// class in the intersection, then those in the union.
public record Segmentation() implements Task {
    private static final int IGNORED = 255;

    @Override
    public String name() {
        return "segmentation";
    }

    @Override
    public List<Metric> metrics() {
        return List.of(Metric.MEAN_IOU, Metric.MEAN_DICE);
    }

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

    private static void count(Sample sample, int place, int decision, double[] columns) {
        int classes = columns.length / 2;
        double value = sample.label()[place];
        if (value == IGNORED && classes <= IGNORED) {
            return;
        }
        if (value != Math.rint(value) || value < 0 || value >= classes) {
            throw new DataException(
                    "label out of range: sample " + sample.number() + " has " + value + ", the model has classes 0 to "
                            + (classes - 1),
                    "",
                    "give the right array with --labels NAME; 255 marks places that do not count");
        }
        int label = (int) value;
        columns[classes + label]++;
        if (label == decision) {
            columns[label]++;
        } else {
            columns[classes + decision]++;
        }
    }
}
