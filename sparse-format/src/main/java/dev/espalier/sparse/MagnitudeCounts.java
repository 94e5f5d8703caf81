package dev.espalier.sparse;

import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/// How many elements of a tensor lie between given magnitudes, and how much energy they have: the sum of their squares.
/// Magnitudes are those of [Magnitudes], in real units where a weight is quantized. NaN and infinities are counted
/// apart and have no energy here.
///
/// One pass over the tensor, in blocks. Sums are made in chunks of a fixed size and added in the order of the tensor,
/// so
/// that they are the same for any number of threads.
public final class MagnitudeCounts {
    private static final int BLOCK = 4096;
    private static final int CHUNK = 1 << 20;
    private static final int BINADES = 2048;

    private final double[] edges;
    private final int[] firstOfBinade;
    private final long[] counts;
    private final double[] energies;
    private long zeros;
    private long unprunable;
    private double largest;

    private MagnitudeCounts(double[] edges, int[] firstOfBinade) {
        this.edges = edges;
        this.firstOfBinade = firstOfBinade;
        this.counts = new long[edges.length + 1];
        this.energies = new double[edges.length + 1];
    }

    /// Counts.
    ///
    /// @param edges positive, ascending; equal ones are allowed
    /// @throws IllegalArgumentException if the type has no magnitudes ([Magnitudes#supports])
    public static MagnitudeCounts of(DenseTensor tensor, Quantization quantization, double... edges) {
        Magnitudes magnitudes = Magnitudes.of(tensor, quantization, Magnitudes.exactBits(tensor.type()));
        double[] own = edges.clone();
        int[] first = firstOfBinade(own);
        List<MagnitudeCounts> chunks = LongStream.range(0, Math.ceilDiv(tensor.elementCount(), (long) CHUNK))
                .parallel()
                .mapToObj(i -> new MagnitudeCounts(own, first).count(magnitudes, i * CHUNK))
                .toList();
        MagnitudeCounts sum = new MagnitudeCounts(own, first);
        chunks.forEach(sum::add);
        return sum;
    }

    /// How many edges lie at or below the smallest number of each binary exponent: where the search for a number
    /// starts.
    private static int[] firstOfBinade(double[] edges) {
        int[] first = new int[BINADES];
        int edge = 0;
        for (int exponent = 0; exponent < BINADES - 1; exponent++) {
            double smallest = Double.longBitsToDouble((long) exponent << 52);
            while (edge < edges.length && edges[edge] <= smallest) {
                edge++;
            }
            first[exponent] = edge;
        }
        return first;
    }

    private MagnitudeCounts count(Magnitudes magnitudes, long start) {
        long[] block = new long[BLOCK];
        long end = Math.min(magnitudes.count(), start + CHUNK);
        int bits = magnitudes.bits();
        long never = Scores.never(bits);
        for (long from = start; from < end; from += BLOCK) {
            int count = (int) Math.min(BLOCK, end - from);
            magnitudes.read(from, count, block);
            for (int i = 0; i < count; i++) {
                if (block[i] >= never) {
                    unprunable++;
                } else {
                    add(Scores.real(block[i], bits));
                }
            }
        }
        return this;
    }

    private void add(double magnitude) {
        int at = firstOfBinade[(int) (Double.doubleToRawLongBits(magnitude) >>> 52)];
        while (at < edges.length && edges[at] <= magnitude) {
            at++;
        }
        counts[at]++;
        energies[at] += magnitude * magnitude;
        zeros += magnitude == 0 ? 1 : 0;
        largest = Math.max(largest, magnitude);
    }

    private void add(MagnitudeCounts more) {
        for (int i = 0; i < counts.length; i++) {
            counts[i] += more.counts[i];
            energies[i] += more.energies[i];
        }
        zeros += more.zeros;
        unprunable += more.unprunable;
        largest = Math.max(largest, more.largest);
    }

    /// Elements that are zero.
    public long zeros() {
        return zeros;
    }

    /// NaN and infinities.
    public long unprunable() {
        return unprunable;
    }

    /// The largest magnitude that is finite; 0 if there is none.
    public double largest() {
        return largest;
    }

    /// Sum of squares of all elements that are finite.
    public double energy() {
        return Arrays.stream(energies).sum();
    }

    /// How many elements are smaller than this edge, zeros included.
    ///
    /// @param edge its index
    public long below(int edge) {
        return Arrays.stream(counts, 0, edge + 1).sum();
    }

    /// Sum of squares of those elements.
    ///
    /// @param edge its index
    public double energyBelow(int edge) {
        return Arrays.stream(energies, 0, edge + 1).sum();
    }

    /// How many elements that are not zero lie below the first edge, from each edge up to the next, and from the last
    /// on.
    public long[] nonZeros() {
        long[] result = counts.clone();
        // Edges are positive: all zeros lie below the first.
        result[0] -= zeros;
        return result;
    }
}
