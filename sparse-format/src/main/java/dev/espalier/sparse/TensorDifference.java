package dev.espalier.sparse;

import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.LongStream;

/// What changed from one tensor to another of the same shape, in the numbers that their elements stand for: the types
/// may differ.
///
/// @param changed elements that stand for another number; of two NaN neither has changed
/// @param zerosBefore elements that were zero
/// @param zerosAfter elements that are
/// @param revived elements that were zero and are not
/// @param energy sum of squares of the elements before
/// @param energyKept the same over those that are not zero after
/// @param squaredChange sum of squares of the differences
public record TensorDifference(
        long changed,
        long zerosBefore,
        long zerosAfter,
        long revived,
        double energy,
        double energyKept,
        double squaredChange) {
    private static final int BLOCK = 4096;
    private static final int CHUNK = 1 << 20;

    /// Of nothing.
    public static final TensorDifference NONE = new TensorDifference(0, 0, 0, 0, 0, 0, 0);

    /// Compares, in one pass over both, in blocks. Sums are added in the order of the tensor, so that they are the same
    /// for any number of threads.
    ///
    /// @throws IllegalArgumentException if the shapes differ, or a type has no magnitudes ([Magnitudes#supports])
    public static TensorDifference of(
            DenseTensor before, Quantization quantizationBefore, DenseTensor after, Quantization quantizationAfter) {
        if (!before.shape().equals(after.shape())) {
            throw new IllegalArgumentException(before.shape() + " and " + after.shape());
        }
        List<TensorDifference> chunks = LongStream.range(0, Math.ceilDiv(before.elementCount(), (long) CHUNK))
                .parallel()
                .mapToObj(i -> ofChunk(
                        new Values(before, quantizationBefore),
                        new Values(after, quantizationAfter),
                        i * CHUNK,
                        Math.min(before.elementCount(), (i + 1) * CHUNK)))
                .toList();
        return chunks.stream().reduce(NONE, TensorDifference::plus);
    }

    private static TensorDifference ofChunk(Values before, Values after, long start, long end) {
        double[] old = new double[BLOCK];
        double[] now = new double[BLOCK];
        TensorDifference sum = NONE;
        for (long from = start; from < end; from += BLOCK) {
            int count = (int) Math.min(BLOCK, end - from);
            before.read(from, count, old);
            after.read(from, count, now);
            sum = sum.plus(ofBlock(old, now, count));
        }
        return sum;
    }

    private static TensorDifference ofBlock(double[] old, double[] now, int count) {
        long changed = 0;
        long zerosBefore = 0;
        long zerosAfter = 0;
        long revived = 0;
        double energy = 0;
        double kept = 0;
        double change = 0;
        for (int i = 0; i < count; i++) {
            double square = old[i] * old[i];
            energy += square;
            zerosBefore += old[i] == 0 ? 1 : 0;
            if (now[i] == 0) {
                zerosAfter++;
            } else {
                kept += square;
                revived += old[i] == 0 ? 1 : 0;
            }
            if (old[i] != now[i] && !(Double.isNaN(old[i]) && Double.isNaN(now[i]))) {
                changed++;
                change += (now[i] - old[i]) * (now[i] - old[i]);
            }
        }
        return new TensorDifference(changed, zerosBefore, zerosAfter, revived, energy, kept, change);
    }

    /// This and another, as of one tensor.
    public TensorDifference plus(TensorDifference other) {
        return new TensorDifference(
                changed + other.changed,
                zerosBefore + other.zerosBefore,
                zerosAfter + other.zerosAfter,
                revived + other.revived,
                energy + other.energy,
                energyKept + other.energyKept,
                squaredChange + other.squaredChange);
    }

    /// Whether every element that changed became zero, and some did.
    public boolean isPruning() {
        return changed > 0 && changed == zerosAfter - zerosBefore && revived == 0;
    }

    /// The energy kept over all; none if there is no energy, or an element is NaN or infinite.
    public OptionalDouble keptShare() {
        return energy > 0 && Double.isFinite(energy) ? OptionalDouble.of(energyKept / energy) : OptionalDouble.empty();
    }

    /// The norm of the differences over that of the elements before; none if that is 0, or an element is NaN or
    /// infinite.
    public OptionalDouble relativeChange() {
        double ratio = Math.sqrt(squaredChange / energy);
        return energy > 0 && Double.isFinite(energy) && Double.isFinite(ratio)
                ? OptionalDouble.of(ratio)
                : OptionalDouble.empty();
    }
}
