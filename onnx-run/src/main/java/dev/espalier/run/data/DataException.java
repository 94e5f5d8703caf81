package dev.espalier.run.data;

import dev.espalier.sparse.InputException;

/// The data is at fault: it cannot be read, or does not fit the model.
public final class DataException extends InputException {
    private static final long serialVersionUID = 1L;

    /// @see InputException#InputException(String, String, String)
    public DataException(String what, String where, String hint) {
        super(what, where, hint);
    }
}
