package dev.espalier.pruning.schedule;

import java.math.BigDecimal;

/// The shape of a [Ramp]: how fast it rises where. Every curve rises all the way, from the initial sparsity to the
/// last.
/// With `StrictMath`, so that every machine computes the same.
sealed interface Curve {
    /// The straight line.
    Polynomial LINEAR = new Polynomial(BigDecimal.ONE);
    /// The cubic of Zhu and Gupta 2017: fast while weights are plenty, slow when they are few.
    Polynomial CUBIC = new Polynomial(BigDecimal.valueOf(3));

    /// The share of zeros.
    ///
    /// @param progress how much of the way is behind, 0 to 1
    /// @param initial share of zeros at 0
    /// @param last share of zeros at 1
    double at(double progress, double initial, double last);

    /// One or two words for a column.
    String label();

    /// `last - (last - initial) (1 - x)^power`: Zhu and Gupta, "To prune, or not to prune", arXiv 1710.01878, with
    /// power
    /// 3; TFMOT's `PolynomialDecay`. Above 1 the beginning is fast, below 1 the end is.
    ///
    /// @param power above 0, at most 100
    record Polynomial(BigDecimal power) implements Curve {
        public Polynomial {
            if (power.signum() <= 0 || power.compareTo(BigDecimal.valueOf(100)) > 0) {
                throw new IllegalArgumentException(
                        "the power of a polynomial is above 0 and at most 100, not " + power.toPlainString());
            }
            power = power.stripTrailingZeros();
        }

        @Override
        public double at(double progress, double initial, double last) {
            return last - (last - initial) * StrictMath.pow(1 - progress, power.doubleValue());
        }

        @Override
        public String label() {
            return equals(LINEAR) ? "linear" : equals(CUBIC) ? "cubic" : "power " + power.toPlainString();
        }
    }

    /// `initial + (last - initial) x^2 (3 - 2 x)`: slow start, fast middle, slow finish; the cubic whose slope is 0 at
    /// both ends (Hermite's, with flat tangents).
    record SCurve() implements Curve {
        @Override
        public double at(double progress, double initial, double last) {
            return initial + (last - initial) * progress * progress * (3 - 2 * progress);
        }

        @Override
        public String label() {
            return "s-curve";
        }
    }

    /// `1 - (1 - initial) ((1 - last) / (1 - initial))^x`: every step removes the same share of the weights that are
    /// left
    /// (NNCF's and Intel Neural Compressor's exponential schedule).
    record Exponential() implements Curve {
        @Override
        public double at(double progress, double initial, double last) {
            return 1 - (1 - initial) * StrictMath.pow((1 - last) / (1 - initial), progress);
        }

        @Override
        public String label() {
            return "exponential";
        }
    }

    /// `initial + (last - initial) (1 - cos(pi x)) / 2`: half a wave, an S a little steeper than [SCurve].
    record Cosine() implements Curve {
        @Override
        public double at(double progress, double initial, double last) {
            return initial + (last - initial) * (1 - StrictMath.cos(StrictMath.PI * progress)) / 2;
        }

        @Override
        public String label() {
            return "cosine";
        }
    }
}
