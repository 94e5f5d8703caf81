package dev.espalier.run;

/// The runtime refused a model or an input. The message is the runtime's, on one line. Not an error of the tool's input:
/// what it means is for the caller to say.
public final class ModelRunException extends Exception {
    private static final long serialVersionUID = 1L;

    ModelRunException(String message) {
        super(message.strip().replaceAll("\\s+", " "));
    }
}
