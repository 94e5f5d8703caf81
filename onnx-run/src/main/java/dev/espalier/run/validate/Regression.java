package dev.espalier.run.validate;

import dev.espalier.run.data.DataException;
import java.util.List;

/// Estimating numbers: a label has as many as the output. Columns: the mean over a sample's numbers of the squared
/// error, the label, its square, the absolute error.
public record Regression() implements Task {
    @Override
    public String name() {
        return "regression";
    }

    @Override
    public List<Metric> metrics() {
        return List.of(Metric.R2, Metric.MAE, Metric.RMSE);
    }

    @Override
    public Score score(Sample sample) {
        double[] values = sample.output().values();
        double[] label = sample.label();
        if (values.length != label.length) {
            throw new DataException(
                    "the output has " + values.length + " numbers for a sample, its label has " + label.length,
                    "",
                    "choose the array with --labels NAME and the output with --output NAME");
        }
        double[] sums = new double[4];
        for (int i = 0; i < values.length; i++) {
            double difference = values[i] - label[i];
            sums[0] += difference * difference;
            sums[1] += label[i];
            sums[2] += label[i] * label[i];
            sums[3] += Math.abs(difference);
        }
        int n = values.length;
        return Score.of(sums[0] / n, sums[1] / n, sums[2] / n, sums[3] / n);
    }
}
