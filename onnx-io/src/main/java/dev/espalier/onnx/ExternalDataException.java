package dev.espalier.onnx;

import dev.espalier.sparse.InputException;

/// A file of external tensor data is missing, too short, or outside the model's folder.
public final class ExternalDataException extends InputException {
    private static final long serialVersionUID = 1L;

    /// See [InputException].
    public ExternalDataException(String what, String where, String hint) {
        super(what, where, hint);
    }
}
