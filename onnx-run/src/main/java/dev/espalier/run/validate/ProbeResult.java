package dev.espalier.run.validate;

/// What a probe found: its answer, why, and the figures behind it.
public interface ProbeResult {
    /// Its name, as `--gate` takes it.
    String probe();

    /// What it says to its question.
    Answer answer();

    /// Why, in one sentence without a full stop.
    String reason();
}
