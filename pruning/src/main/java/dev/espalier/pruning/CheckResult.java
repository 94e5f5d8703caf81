package dev.espalier.pruning;

import java.util.List;

/// The answer of one check.
public sealed interface CheckResult {
    /// The property holds.
    ///
    /// @param detail what was looked at, a clause
    record Passed(String detail) implements CheckResult {}

    /// It does not.
    record Failed(List<Finding> findings) implements CheckResult {
        public Failed {
            findings = List.copyOf(findings);
        }
    }

    /// It was to be checked and could not be, so that nothing is known.
    record NotRun(String reason) implements CheckResult {}

    /// Nobody asked.
    record NotAsked() implements CheckResult {}

    /// Passed without findings, otherwise failed.
    static CheckResult of(List<Finding> findings, String detail) {
        return findings.isEmpty() ? new Passed(detail) : new Failed(findings);
    }
}
