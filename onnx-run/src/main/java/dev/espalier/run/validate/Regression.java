package dev.espalier.run.validate;

import dev.espalier.run.data.DataException;
import java.util.List;

/// Estimating numbers: a label has as many as the output.
public record Regression() implements Task {
    @Override
    public String name() {
        return "regression";
    }

    @Override
    public Metric metric() {
        return Metric.R2;
    }

    @Override
    public Scorer scorer() {
        return new ErrorScorer();
    }

    private static final class ErrorScorer implements Scorer {
        private long numbers;
        private double absolute;
        private double squared;

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
            double squares = 0;
            double labels = 0;
            double labelSquares = 0;
            for (int i = 0; i < values.length; i++) {
                double difference = values[i] - label[i];
                absolute += Math.abs(difference);
                squares += difference * difference;
                labels += label[i];
                labelSquares += label[i] * label[i];
            }
            numbers += values.length;
            squared += squares;
            int n = values.length;
            return Score.of(squares / n, labels / n, labelSquares / n);
        }

        @Override
        public List<Figure> figures() {
            return List.of(new Figure("MAE", absolute / numbers), new Figure("RMSE", Math.sqrt(squared / numbers)));
        }
    }
}
