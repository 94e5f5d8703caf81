package dev.espalier.pruning;

import dev.espalier.sparse.InputException;

/// A request that this model cannot fulfil.
public final class PruningException extends InputException {
    private static final long serialVersionUID = 1L;

    /// See [InputException].
    public PruningException(String what, String where, String hint) {
        super(what, where, hint);
    }
}
