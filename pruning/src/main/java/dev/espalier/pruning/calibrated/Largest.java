package dev.espalier.pruning.calibrated;

/// The largest of many numbers, by radix: two passes that count, one that takes. What is equal stays by index, so that
/// the count is exact.
final class Largest {
    private static final int LOW_BITS = 15;
    private static final int BUCKETS = 1 << (31 - LOW_BITS);

    private Largest() {}

    /// @param saliency none negative
    /// @param dense what is zero among these goes first, and is never among the largest
    /// @param zeros how many go; more if more are zero already
    static boolean[] of(float[] saliency, double[] dense, long zeros) {
        int[] counts = new int[BUCKETS];
        for (int i = 0; i < saliency.length; i++) {
            counts[bits(saliency, dense, i) >>> LOW_BITS]++;
        }
        long left = zeros;
        int high = bucket(counts, left);
        for (int i = 0; i < high; i++) {
            left -= counts[i];
        }
        int[] fine = new int[1 << LOW_BITS];
        for (int i = 0; i < saliency.length; i++) {
            int bits = bits(saliency, dense, i);
            if (bits >>> LOW_BITS == high) {
                fine[bits & ((1 << LOW_BITS) - 1)]++;
            }
        }
        int low = bucket(fine, left);
        for (int i = 0; i < low; i++) {
            left -= fine[i];
        }
        int least = (high << LOW_BITS) | low;
        boolean[] kept = new boolean[saliency.length];
        for (int i = 0; i < kept.length; i++) {
            int bits = bits(saliency, dense, i);
            kept[i] = bits > least || (bits == least && bits > 0 && left-- <= 0);
        }
        return kept;
    }

    /// They order as the numbers do; 0 only for what is zero in the dense weights.
    private static int bits(float[] saliency, double[] dense, int i) {
        return dense[i] == 0 ? 0 : Math.max(1, Float.floatToRawIntBits(saliency[i]));
    }

    /// The first bucket that so many numbers do not fill up; the last if there is none.
    private static int bucket(int[] counts, long numbers) {
        long sum = 0;
        for (int i = 0; i < counts.length; i++) {
            sum += counts[i];
            if (sum > numbers) {
                return i;
            }
        }
        return counts.length - 1;
    }
}
