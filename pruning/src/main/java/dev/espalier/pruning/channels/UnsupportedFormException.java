package dev.espalier.pruning.channels;

/// A rule does not know this form of its operator. It ends in a frozen node with this reason, never at the
/// user.
final class UnsupportedFormException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// @param reason a clause about the node
    UnsupportedFormException(String reason) {
        super(reason, null, false, false);
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
