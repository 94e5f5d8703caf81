package dev.espalier.pruning;

import dev.espalier.onnx.OnnxFormatException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The answers of all checks.
///
/// @param answers in the order of the checks
public record Verdict(List<Answer> answers) {
    /// What one check said.
    public record Answer(String check, CheckResult result) {}

    public Verdict {
        answers = List.copyOf(answers);
    }

    /// Asks all checks. One that meets a tensor that cannot be decoded has not run: whether such a tensor may be
    /// there is for another to say.
    public static Verdict of(Evidence evidence, List<SparsityCheck> checks) {
        List<Answer> answers = new ArrayList<>();
        for (SparsityCheck check : checks) {
            CheckResult result = ask(check, evidence);
            if (!(result instanceof CheckResult.NotAsked)) {
                answers.add(new Answer(check.name(), result));
            }
        }
        return new Verdict(answers);
    }

    private static CheckResult ask(SparsityCheck check, Evidence evidence) {
        try {
            return check.check(evidence);
        } catch (OnnxFormatException e) {
            return new CheckResult.NotRun(e.what());
        }
    }

    /// Whether every check ran and passed.
    public boolean holds() {
        return answers.stream().allMatch(answer -> answer.result instanceof CheckResult.Passed);
    }

    /// Whether a check failed; if none did and it still does not hold, something could not be checked.
    public boolean isRefuted() {
        return answers.stream().anyMatch(answer -> answer.result instanceof CheckResult.Failed);
    }

    /// What all checks found.
    public List<Finding> findings() {
        return answers.stream()
                .flatMap(answer -> answer.result instanceof CheckResult.Failed(List<Finding> findings)
                        ? findings.stream()
                        : Stream.empty())
                .toList();
    }
}
