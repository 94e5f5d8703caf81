package dev.espalier.run;

/// The runtime refused a model or an input. The message is the runtime's, on one line. What it means, for the input of
/// the tool, is for the caller to say.
public final class ModelRunException extends Exception {
    private static final long serialVersionUID = 1L;

    ModelRunException(String message) {
        super(message.strip().replaceAll("\\s+", " "));
    }
}
