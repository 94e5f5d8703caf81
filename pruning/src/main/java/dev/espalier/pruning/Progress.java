package dev.espalier.pruning;

/// Hears how far long work is.
@FunctionalInterface
public interface Progress {
    /// Nobody listens.
    Progress NONE = (done, total, what) -> {};

    /// @param done steps behind
    /// @param total steps in all
    /// @param what the step ahead
    void at(int done, int total, String what);
}
