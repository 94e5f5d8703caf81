package dev.espalier.run.data;

import java.io.IOException;

/// One row cannot be read, an image that does not decode for instance; the others are not affected.
public final class UnreadableRowException extends IOException {
    private static final long serialVersionUID = 1L;

    UnreadableRowException(String message) {
        super(message);
    }
}
