package dev.espalier.sparse;

import java.util.Optional;

/// The input is at fault: a file, a tensor in it, or a request that does not fit it. Says what is wrong, where, and
/// what to do, in words for the person at the terminal; each module derives its own kinds.
public abstract class InputException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String where;
    private final String hint;

    /// @param what one clause, no full stop: "tensor data does not match its shape"
    /// @param where file, node or tensor, outermost first; empty if there is no place to name
    /// @param hint what the reader can do about it; empty if nothing
    protected InputException(String what, String where, String hint) {
        super(what);
        this.where = where;
        this.hint = hint;
    }

    /// What is wrong.
    public final String what() {
        return String.valueOf(getMessage());
    }

    /// The file, node or tensor.
    public final Optional<String> where() {
        return where.isEmpty() ? Optional.empty() : Optional.of(where);
    }

    /// What to do.
    public final Optional<String> hint() {
        return hint.isEmpty() ? Optional.empty() : Optional.of(hint);
    }
}
