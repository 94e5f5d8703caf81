package dev.espalier.run.validate;

import dev.espalier.run.data.DataException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Deciding for one of several classes: each has an output, and the largest one wins.
public record Classification() implements Task {
    @Override
    public String name() {
        return "classification";
    }

    @Override
    public Metric metric() {
        return Metric.ACCURACY;
    }

    @Override
    public Scorer scorer() {
        return new ClassScorer();
    }

    /// The label as a class.
    ///
    /// @throws DataException if it is none of them
    static int label(Sample sample, int classes) {
        double[] label = sample.label();
        if (label.length != 1 || label[0] != Math.rint(label[0]) || label[0] < 0 || label[0] >= classes) {
            throw new DataException(
                    "label out of range: sample " + sample.number() + " has "
                            + (label.length == 1 ? label[0] : label.length + " numbers")
                            + ", the model has classes 0 to " + (classes - 1),
                    "",
                    "give the right array with --labels NAME, or another --task");
        }
        return (int) label[0];
    }

    private static final class ClassScorer implements Scorer {
        private static final int TOP = 5;

        private int samples;
        private int inTop;
        private int[] right = {};
        private int[] decided = {};
        private int[] labelled = {};

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
            if (decided.length < classes) {
                right = Arrays.copyOf(right, classes);
                decided = Arrays.copyOf(decided, classes);
                labelled = Arrays.copyOf(labelled, classes);
            }
            int label = label(sample, classes);
            int decision = output.argMax();
            count(output, label, decision);
            return new Score(new double[] {decision == label ? 1 : 0}, decision, output.margin(), label);
        }

        private void count(RowOutput output, int label, int decision) {
            samples++;
            labelled[label]++;
            if (decision >= 0) {
                decided[decision]++;
                double value = output.values()[label];
                int larger = 0;
                for (double other : output.values()) {
                    larger += other > value ? 1 : 0;
                }
                inTop += larger < TOP ? 1 : 0;
            }
            if (decision == label) {
                right[label]++;
            }
        }

        @Override
        public List<Figure> figures() {
            List<Figure> figures = new ArrayList<>();
            if (right.length > TOP) {
                figures.add(new Figure("top-5 accuracy", (double) inTop / samples));
            }
            figures.add(new Figure("macro F1", macroF1()));
            return figures;
        }

        /// The mean of each class's F1 = 2 right / (labelled + decided), over the classes that occur.
        private double macroF1() {
            double sum = 0;
            int present = 0;
            for (int c = 0; c < right.length; c++) {
                if (labelled[c] > 0) {
                    sum += 2.0 * right[c] / (labelled[c] + decided[c]);
                    present++;
                }
            }
            return sum / present;
        }
    }
}
