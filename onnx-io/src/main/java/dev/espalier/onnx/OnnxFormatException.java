package dev.espalier.onnx;

import dev.espalier.sparse.InputException;

/// A file is not an ONNX model, or a model contradicts itself or the standard.
public final class OnnxFormatException extends InputException {
    private static final long serialVersionUID = 1L;

    /// See [InputException].
    public OnnxFormatException(String what, String where, String hint) {
        super(what, where, hint);
    }
}
