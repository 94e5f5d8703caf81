package dev.espalier.pruning.calibrated;

/// Second moments that cannot be solved with, for rounding or for want of samples: a larger ridge helps.
public final class NotPositiveDefiniteException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotPositiveDefiniteException() {
        super("the second moments are not positive definite");
    }
}
