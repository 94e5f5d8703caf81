package dev.espalier.sparse;

import java.util.Locale;

/// Numbers narrower than the tensor's own that its stored values may be rounded to.
public enum ValueForm {
    /// Half precision.
    F16(ElementType.F16),
    /// Whole steps from -127 to 127, the size of which differs from output channel to output channel.
    I8(ElementType.I8);

    private final ElementType type;

    ValueForm(ElementType type) {
        this.type = type;
    }

    /// The type that values are stored in.
    ElementType type() {
        return type;
    }

    /// The name on the command line.
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
