package dev.espalier.pruning;

import java.math.BigDecimal;
import java.math.RoundingMode;

/// A share of zeros, exact: 0.9 of 10 weights is 9, whatever binary fractions make of it.
///
/// @param share 0 to 1
public record Sparsity(BigDecimal share) {
    private static final int DIGITS = 40;

    public Sparsity {
        if (share.signum() < 0 || share.compareTo(BigDecimal.ONE) > 0) {
            throw new IllegalArgumentException("a sparsity is between 0 and 1 (or 0% and 100%), not " + share);
        }
    }

    /// Reads `0.9` or `90%`.
    ///
    /// @throws IllegalArgumentException if it is neither, or out of range
    public static Sparsity parse(String text) {
        boolean percent = text.endsWith("%");
        String number = percent ? text.substring(0, text.length() - 1) : text;
        if (!number.matches("[+-]?(\\d{1,19}\\.?\\d{0,40}|\\.\\d{1,40})")) {
            throw new IllegalArgumentException("'" + text + "' is not a sparsity: write 0.9 or 90%");
        }
        BigDecimal value = new BigDecimal(number);
        try {
            return new Sparsity(percent ? value.movePointLeft(2) : value);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("a sparsity is between 0 and 1 (or 0% and 100%), not " + text, e);
        }
    }

    /// That share of `elements`, rounded half to even (as PyTorch's `prune` rounds).
    public long of(long elements) {
        return share.multiply(BigDecimal.valueOf(elements))
                .setScale(0, RoundingMode.HALF_EVEN)
                .longValueExact();
    }

    /// That share of this one.
    public Sparsity times(Sparsity other) {
        return new Sparsity(share.multiply(other.share));
    }

    /// What share of another this one is, which is not less.
    public Sparsity over(Sparsity whole) {
        return new Sparsity(share.divide(whole.share, DIGITS, RoundingMode.HALF_EVEN));
    }

    /// Whether the other is this one, to as many digits as the other has.
    boolean agreesWith(Sparsity other) {
        return share.setScale(other.share.scale(), RoundingMode.HALF_EVEN).compareTo(other.share) == 0;
    }

    /// `66.67 %`.
    String rounded() {
        return new Sparsity(share.setScale(4, RoundingMode.HALF_EVEN)).toString();
    }

    /// `90 %`.
    @Override
    public String toString() {
        return share.movePointRight(2).stripTrailingZeros().toPlainString() + " %";
    }
}
