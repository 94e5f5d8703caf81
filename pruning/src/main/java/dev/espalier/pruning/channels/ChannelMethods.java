package dev.espalier.pruning.channels;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/// The ways to tell how much a channel matters. To add one, write it and add it here.
public final class ChannelMethods {
    /// The sum of magnitudes of what makes and what reads a channel (Li et al. 2017).
    public static final ChannelMethod L1 = norm("l1", "the sum of |w|", Double::sum, DoubleUnaryOperator.identity());

    /// The Euclidean norm.
    public static final ChannelMethod L2 =
            norm("l2", "the root of the sum of w^2", (sum, w) -> sum + w * w, Math::sqrt);

    /// The largest magnitude.
    public static final ChannelMethod LINF = norm("linf", "the largest |w|", Math::max, DoubleUnaryOperator.identity());

    /// Group OBS: what the layers that read channels miss least, all else fitted anew (Frantar and Alistarh 2022).
    public static final SampledChannels OBS = new SampledChannels(
            "obs", "what its readers miss when all else is fitted; needs --calibration", ChannelEvidence.NONE);

    /// FLAP's: what fluctuates least in what layers read (An et al. 2023).
    public static final SampledChannels FLUCTUATION = new SampledChannels(
            "fluctuation", "the variance of what its readers make of it; needs --calibration", ChannelEvidence.NONE);

    /// In the order in which help lists them.
    public static final List<ChannelMethod> ALL = List.of(
            L1,
            L2,
            LINF,
            new GeometricMedian(),
            new BatchNormScale(),
            OBS,
            FLUCTUATION,
            new RandomChannels(),
            GivenScores.NONE);

    private ChannelMethods() {}

    /// The method of that name.
    public static Optional<ChannelMethod> named(String name) {
        return ALL.stream().filter(method -> method.name().equals(name)).findFirst();
    }

    private static ChannelMethod norm(String name, String summary, DoubleBinaryOperator step, DoubleUnaryOperator end) {
        return new ChannelMethod() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public String summary() {
                return summary;
            }

            @Override
            public boolean looksAt(WeightSlices slices) {
                return slices.isWeight();
            }

            @Override
            public double[] score(WeightSlices slices, long seed) {
                return Arrays.stream(slices.fold(step)).map(end).toArray();
            }
        };
    }

    /// Channels that others could stand in for go first: the sum of distances to all other slices (He et al.
    /// 2019, FPGM).
    private static final class GeometricMedian implements ChannelMethod {
        @Override
        public String name() {
            return "fpgm";
        }

        @Override
        public String summary() {
            return "the distance to the other channels";
        }

        @Override
        public boolean looksAt(WeightSlices slices) {
            return slices.isWeight();
        }

        @Override
        public double[] score(WeightSlices slices, long seed) {
            double[][] rows = slices.rows();
            return Arrays.stream(rows)
                    .parallel()
                    .mapToDouble(row -> Arrays.stream(rows)
                            .mapToDouble(other -> distance(row, other))
                            .sum())
                    .toArray();
        }

        private static double distance(double[] a, double[] b) {
            double sum = 0;
            for (int i = 0; i < a.length; i++) {
                double difference = a[i] - b[i];
                sum += difference * difference;
            }
            return Math.sqrt(sum);
        }
    }

    /// The scale that BatchNormalization gives a channel (Liu et al. 2017, network slimming).
    private static final class BatchNormScale implements ChannelMethod {
        @Override
        public String name() {
            return "bn-scale";
        }

        @Override
        public String summary() {
            return "|scale| of BatchNormalization; channels without one stay";
        }

        @Override
        public double ofNothing() {
            return Double.NaN;
        }

        @Override
        public boolean looksAt(WeightSlices slices) {
            return slices.isBatchNormScale();
        }

        @Override
        public double[] score(WeightSlices slices, long seed) {
            return slices.fold(Double::sum);
        }
    }

    /// Lots decide: what to compare a method with.
    private static final class RandomChannels implements ChannelMethod {
        @Override
        public String name() {
            return "random";
        }

        @Override
        public String summary() {
            return "lots decide, by --seed";
        }

        @Override
        public boolean looksAt(WeightSlices slices) {
            return slices.isWeight();
        }

        @Override
        public double[] score(WeightSlices slices, long seed) {
            SplittableRandom random =
                    new SplittableRandom(seed * 31 + slices.name().hashCode() * 7L + slices.axis());
            return random.doubles(slices.count()).toArray();
        }
    }
}
