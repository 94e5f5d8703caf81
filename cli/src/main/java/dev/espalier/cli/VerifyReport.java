package dev.espalier.cli;

import dev.espalier.pruning.CheckResult;
import dev.espalier.pruning.Finding;
import dev.espalier.pruning.Question;
import dev.espalier.pruning.Survival;
import dev.espalier.pruning.Verdict;
import dev.espalier.run.SurvivalCheck;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// What `verify-sparsity` found.
///
/// @param verified whether every check that decides ran and passed
record VerifyReport(
        int schemaVersion,
        String model,
        boolean verified,
        String verdict,
        List<Check> checks,
        List<Saved> survival,
        List<Found> findings) {
    /// One check.
    ///
    /// @param question `static`, `survive` or `equal`
    /// @param required whether it decides
    /// @param answer `yes`, `NO` or `not run`
    record Check(String check, String question, boolean required, String answer, String detail) {
        static Check of(Verdict.Answer answer) {
            String word = "";
            String detail = "";
            switch (answer.result()) {
                case CheckResult.Passed(String what) -> {
                    word = "yes";
                    detail = what;
                }
                case CheckResult.Failed(List<Finding> findings) -> {
                    word = "NO";
                    detail = findings.size() == 1 ? "1 finding" : findings.size() + " findings";
                }
                case CheckResult.NotRun(String reason) -> {
                    word = "not run";
                    detail = reason;
                }
                case CheckResult.NotAsked() -> word = "-";
            }
            return new Check(answer.check(), answer.question().toString(), answer.isRequired(), word, detail);
        }

        String told() {
            return required || answer.equals("yes") ? detail : detail + " (not required)";
        }
    }

    /// What one tool left of the zeros when it saved the model.
    ///
    /// @param sparse tensors that are still stored sparse
    /// @param dense tensors whose zeros are there, each stored
    /// @param revived tensors of which zeros have a value
    /// @param lost tensors that were not found
    /// @param failure why nothing was saved; empty if it was
    /// @param refusal why ONNX Runtime does not load what was saved; empty if it does
    record Saved(
            String tool,
            long sparse,
            long dense,
            long revived,
            long lost,
            long bytes,
            String failure,
            String refusal,
            List<Followed> tensors) {
        static Saved of(SurvivalCheck.Row row) {
            return new Saved(
                    row.tool(),
                    row.count(Survival.Fate.SPARSE),
                    row.count(Survival.Fate.DENSE),
                    row.count(Survival.Fate.REVIVED),
                    row.count(Survival.Fate.LOST),
                    row.bytes(),
                    row.failure(),
                    row.refused().map(Finding::detail).orElse(""),
                    row.tensors().stream().map(Followed::of).toList());
        }

        String size() {
            return failure.isEmpty() ? Figures.bytes(bytes) + (refusal.isEmpty() ? "" : ", not loadable") : failure;
        }
    }

    /// What became of one tensor.
    record Followed(String tensor, String fate, String detail) {
        static Followed of(Survival.Followed tensor) {
            return new Followed(tensor.name(), tensor.fate().name().toLowerCase(Locale.ROOT), tensor.detail());
        }
    }

    /// One finding.
    record Found(String finding, String tensor, String detail) {
        static Found of(Finding finding) {
            return new Found(finding.kind().toString(), finding.tensor(), finding.detail());
        }
    }

    static VerifyReport of(Path model, Verdict verdict, List<SurvivalCheck.Row> survival) {
        String words = verdict.holds()
                ? "verified"
                : verdict.isRefuted() ? "not as promised" : "not verified: something could not be checked";
        return new VerifyReport(
                JsonReport.SCHEMA_VERSION,
                model.toString(),
                verdict.holds(),
                words,
                verdict.answers().stream().map(Check::of).toList(),
                survival.stream().map(Saved::of).toList(),
                verdict.findings().stream().map(Found::of).toList());
    }

    void print(Console console) {
        console.out()
                .println(new TextTable<Check>()
                        .text("check", Check::check)
                        .text("holds", Check::answer)
                        .text("", Check::told)
                        .render(checks, 0));
        if (!survival.isEmpty()) {
            console.out().println();
            console.out()
                    .println(new TextTable<Saved>()
                            .text("saved by", Saved::tool)
                            .number("sparse", s -> Figures.count(s.sparse))
                            .number("dense", s -> Figures.count(s.dense))
                            .number("revived", s -> Figures.count(s.revived))
                            .number("lost", s -> Figures.count(s.lost))
                            .text("file", Saved::size)
                            .render(survival, 0));
        }
        for (Found found : findings) {
            console.out().println();
            console.out().println(found.finding + (found.tensor.isEmpty() ? "" : "  " + found.tensor));
            console.out().println("  " + found.detail);
        }
        console.out().println();
        console.out().println(model + ": " + verdict);
        boolean isOnlyNotRun = checks.stream()
                .anyMatch(
                        c -> c.required && c.answer.equals("not run") && c.question.equals(Question.EQUAL.toString()));
        if (isOnlyNotRun && findings.isEmpty()) {
            console.out().println("--no-run verifies the file alone");
        }
    }
}
