package dev.espalier.pruning.calibrated;

import java.util.Arrays;

/// Probabilities of classes.
public final class Softmax {
    private Softmax() {}

    /// Logits become the logarithms of their softmax; however large they are, none overflows.
    public static void log(double[] logits) {
        double most = Arrays.stream(logits).max().orElse(0);
        double sum = 0;
        for (double logit : logits) {
            sum += Math.exp(logit - most);
        }
        double all = most + Math.log(sum);
        for (int i = 0; i < logits.length; i++) {
            logits[i] -= all;
        }
    }
}
