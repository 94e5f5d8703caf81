package dev.espalier.run;

import java.time.Duration;

/// The runtime refused a model or an input. The message is the runtime's, on one line. What it means, for the input of
/// the tool, is for the caller to say.
public final class ModelRunException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean isUnended;

    ModelRunException(String message) {
        this(message, false);
    }

    private ModelRunException(String message, boolean isUnended) {
        super(message.strip().replaceAll("\\s+", " "));
        this.isUnended = isUnended;
    }

    /// A run took too long.
    static ModelRunException unended(Duration limit) {
        return new ModelRunException("it did not end within " + limit.toSeconds() + " seconds", true);
    }

    /// Whether a run took too long, so that the model takes no other inputs either.
    public boolean isUnended() {
        return isUnended;
    }
}
