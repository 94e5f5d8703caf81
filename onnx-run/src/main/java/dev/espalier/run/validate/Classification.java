package dev.espalier.run.validate;

import dev.espalier.run.data.DataException;
import java.util.List;

/// Deciding for one of several classes: each has an output, and the largest one wins. Columns: whether the decision is
/// right, whether the label is among the first five (NaN if there are no more classes), the label, the decision.
public record Classification() implements Task {
    private static final int TOP = 5;

    @Override
    public String name() {
        return "classification";
    }

    @Override
    public List<Metric> metrics() {
        return List.of(Metric.ACCURACY, Metric.TOP5, Metric.MACRO_F1);
    }

    @Override
    public Score score(Sample sample) {
        RowOutput output = sample.output();
        int classes = output.values().length;
        if (classes < 2) {
            throw new DataException(
                    "an output of " + classes + " number for a sample is no classification",
                    "",
                    "choose an output with --output NAME, or another --task");
        }
        int label = label(sample, classes);
        int decision = output.argMax();
        double[] columns = {decision == label ? 1 : 0, inTop(output, label, decision), label, decision};
        return new Score(columns, decision, output.margin(), label);
    }

    private static double inTop(RowOutput output, int label, int decision) {
        if (output.values().length <= TOP || decision < 0) {
            return decision < 0 ? 0 : Double.NaN;
        }
        int larger = 0;
        for (double other : output.values()) {
            larger += other > output.values()[label] ? 1 : 0;
        }
        return larger < TOP ? 1 : 0;
    }

    /// The label as a class.
    private static int label(Sample sample, int classes) {
        double[] label = sample.label();
        if (label.length != 1 || label[0] != Math.rint(label[0]) || label[0] < 0 || label[0] >= classes) {
            throw new DataException(
                    "label out of range: sample " + sample.number() + " has "
                            + (label.length == 1 ? number(label[0]) : label.length + " numbers")
                            + ", the model has classes 0 to " + (classes - 1),
                    "",
                    "give the right array with --labels NAME, or another --task");
        }
        return (int) label[0];
    }

    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15 ? Long.toString((long) value) : "" + value;
    }
}
