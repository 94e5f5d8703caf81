package dev.espalier.pruning.calibrated;

/// What reads the outputs of a layer and does not mind all of their errors alike. Each says where
/// outputs should be instead of the targets, so that least squares with that lessen what it minds,
/// round by round.
public enum Activation {
    /// Of a classifier's last layer: what is to be near are the probabilities, by KL(softmax(t) || softmax(y)), whose
    /// second derivatives are at most half of those of the squared distance (Böhning 1992).
    SOFTMAX(20, 0.5) {
        @Override
        double compare(SampleRows rows, float[] y, double[] slopes) {
            int outputs = slopes.length;
            float[] t = rows.t();
            double sum = 0;
            double[] p = new double[outputs];
            double[] q = new double[outputs];
            for (int at = 0; at < y.length; at += outputs) {
                logSoftmax(t, rows.floors(), slopes, at, p);
                logSoftmax(y, rows.floors(), slopes, at, q);
                for (int i = 0; i < outputs; i++) {
                    double share = Math.exp(p[i]);
                    sum += share * (p[i] - q[i]);
                    y[at + i] = (float) ((share - Math.exp(q[i])) / slopes[i] - (t[at + i] - y[at + i]));
                }
            }
            return sum;
        }
    },

    /// Outputs that should be below its zero may be anywhere there.
    RELU(8, 1) {
        @Override
        double compare(SampleRows rows, float[] y, double[] slopes) {
            float[] t = rows.t();
            float[] floors = rows.floors();
            double sum = 0;
            for (int i = 0; i < y.length; i++) {
                float floor = floors[i];
                double distance = (double) Math.max(t[i], floor) - Math.max(y[i], floor);
                sum += distance * distance;
                y[i] = t[i] > floor ? 0 : Math.min(y[i], floor) - t[i];
            }
            return sum;
        }
    };

    private final int rounds;
    private final double curvature;

    Activation(int rounds, double curvature) {
        this.rounds = rounds;
        this.curvature = curvature;
    }

    /// How many rounds come near enough.
    int rounds() {
        return rounds;
    }

    /// Its second derivatives are at most so many times those of half the squared distance.
    double curvature() {
        return curvature;
    }

    /// Says how far outputs are from where they should be, and puts in their place by how much the way
    /// that they should go is longer than that to the targets.
    ///
    /// @param y outputs, rows x outputs; changed
    /// @param slopes of each output, of the norm in front of the activation
    /// @return the sum over all rows
    abstract double compare(SampleRows rows, float[] y, double[] slopes);

    private static void logSoftmax(float[] values, float[] floors, double[] slopes, int from, double[] to) {
        for (int i = 0; i < to.length; i++) {
            to[i] = slopes[i] * ((double) values[from + i] - floors[from + i]);
        }
        Softmax.log(to);
    }
}
