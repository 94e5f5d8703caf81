package dev.espalier.onnx;

/// A change to a model that keeps what it computes.
public interface ModelPass {
    /// What it does, as a verb phrase: "remove dead nodes".
    String name();

    /// Makes the change.
    ///
    /// @return whether there was anything to change
    boolean apply(Model model);
}
