package dev.espalier.pruning;

import java.util.Locale;

/// What a check is about. Each question only makes sense once those before it are answered.
public enum Question {
    /// Is the file as sparse as promised?
    STATIC,
    /// Do the zeros outlive other tools?
    SURVIVE,
    /// Does it compute what its dense form computes?
    EQUAL;

    /// `static`.
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
