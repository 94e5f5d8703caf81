package dev.espalier.cli;

import dev.espalier.pruning.CheckResult;
import dev.espalier.pruning.Finding;
import dev.espalier.pruning.Verdict;
import java.nio.file.Path;
import java.util.List;

/// What `verify-sparsity` found.
///
/// @param verified whether every check ran and passed
record VerifyReport(
        int schemaVersion, String model, boolean verified, String verdict, List<Check> checks, List<Found> findings) {
    /// One check.
    ///
    /// @param answer `yes`, `NO` or `not run`
    record Check(String check, String answer, String detail) {
        static Check of(Verdict.Answer answer) {
            return switch (answer.result()) {
                case CheckResult.Passed(String detail) -> new Check(answer.check(), "yes", detail);
                case CheckResult.Failed(List<Finding> findings) ->
                    new Check(answer.check(), "NO", findings.size() == 1 ? "1 finding" : findings.size() + " findings");
                case CheckResult.NotRun(String reason) -> new Check(answer.check(), "not run", reason);
                case CheckResult.NotAsked() -> new Check(answer.check(), "-", "");
            };
        }
    }

    /// One finding.
    record Found(String finding, String tensor, String detail) {
        static Found of(Finding finding) {
            return new Found(finding.kind().toString(), finding.tensor(), finding.detail());
        }
    }

    static VerifyReport of(Path model, Verdict verdict) {
        String words = verdict.holds()
                ? "verified"
                : verdict.isRefuted() ? "not as promised" : "not verified: something could not be checked";
        return new VerifyReport(
                JsonReport.SCHEMA_VERSION,
                model.toString(),
                verdict.holds(),
                words,
                verdict.answers().stream().map(Check::of).toList(),
                verdict.findings().stream().map(Found::of).toList());
    }

    void print(Console console) {
        console.out()
                .println(new TextTable<Check>()
                        .text("check", Check::check)
                        .text("holds", Check::answer)
                        .text("", Check::detail)
                        .render(checks, 0));
        for (Found found : findings) {
            console.out().println();
            console.out().println(found.finding + (found.tensor.isEmpty() ? "" : "  " + found.tensor));
            console.out().println("  " + found.detail);
        }
        console.out().println();
        console.out().println(model + ": " + verdict);
        boolean isOnlyNotRun = checks.stream().anyMatch(c -> c.answer.equals("not run")) && findings.isEmpty();
        if (isOnlyNotRun) {
            console.out().println("--no-run verifies the file alone");
        }
    }
}
