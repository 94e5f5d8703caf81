package dev.espalier.run.validate;

import java.util.Arrays;

/// What one model is worth on all samples.
public final class ModelScores {
    private final Task task;
    private double[][] columns = {};
    private int[] decisions;
    private double[] margins;
    private int count;
    private int withNaN;

    ModelScores(Task task, int samples) {
        this.task = task;
        this.decisions = new int[samples];
        this.margins = new double[samples];
    }

    /// @return the sample's label as a class; -1 if it has none
    int add(Sample sample) {
        Score score = task.score(sample);
        if (count == 0) {
            columns = new double[score.columns().length][decisions.length];
        }
        for (int c = 0; c < columns.length; c++) {
            columns[c][count] = score.columns()[c];
        }
        decisions[count] = score.decision();
        margins[count] = score.margin();
        withNaN += sample.rows().stream().anyMatch(RowOutput::hasNaN) ? 1 : 0;
        count++;
        return score.label();
    }

    void trim() {
        for (int c = 0; c < columns.length; c++) {
            columns[c] = Arrays.copyOf(columns[c], count);
        }
        decisions = Arrays.copyOf(decisions, count);
        margins = Arrays.copyOf(margins, count);
    }

    double[][] columns() {
        return columns;
    }

    /// The class that it decided for; -1 if there is none.
    int decision(int sample) {
        return decisions[sample];
    }

    /// How far that decision is from another; NaN if there is none.
    double margin(int sample) {
        return margins[sample];
    }

    /// How many samples have a NaN in the output.
    public int withNaN() {
        return withNaN;
    }
}
