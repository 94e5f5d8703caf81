package dev.espalier.cli;

/// What the process returns.
final class ExitCode {
    /// Done, or the property holds.
    static final int OK = 0;
    /// Ran, and the answer is no.
    static final int NO = 1;
    /// The command line is wrong.
    static final int USAGE = 2;
    /// The input is at fault.
    static final int INPUT = 3;
    /// A bug in the tool (EX_SOFTWARE of sysexits.h).
    static final int BUG = 70;

    private ExitCode() {}
}
