package dev.espalier.pruning;

import dev.espalier.onnx.OnnxFormatException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The answers of all checks.
///
/// @param required the last question that decides; what the others found is only told
/// @param answers in the order of the checks
public record Verdict(Question required, List<Answer> answers) {
    /// What one check said.
    ///
    /// @param isRequired whether it decides
    public record Answer(String check, Question question, boolean isRequired, CheckResult result) {}

    public Verdict {
        answers = List.copyOf(answers);
    }

    /// Asks all checks, of which all decide.
    public static Verdict of(Evidence evidence, List<SparsityCheck> checks) {
        return of(evidence, checks, Question.EQUAL);
    }

    /// Asks all checks. One that meets a tensor that cannot be decoded has not run: whether such a tensor
    /// may be there is for another to say.
    public static Verdict of(Evidence evidence, List<SparsityCheck> checks, Question required) {
        List<Answer> answers = new ArrayList<>();
        for (SparsityCheck check : checks) {
            CheckResult result = ask(check, evidence);
            if (!(result instanceof CheckResult.NotAsked)) {
                boolean isRequired = check.question().compareTo(required) <= 0;
                answers.add(new Answer(check.name(), check.question(), isRequired, result));
            }
        }
        return new Verdict(required, answers);
    }

    private static CheckResult ask(SparsityCheck check, Evidence evidence) {
        try {
            return check.check(evidence);
        } catch (OnnxFormatException e) {
            return new CheckResult.NotRun(e.what());
        }
    }

    /// Whether every check that decides ran and passed.
    public boolean holds() {
        return answers.stream().allMatch(answer -> !answer.isRequired || answer.result instanceof CheckResult.Passed);
    }

    /// Whether a check that decides failed; if none did and it still does not hold, something could not be
    /// checked.
    public boolean isRefuted() {
        return answers.stream().anyMatch(answer -> answer.isRequired && answer.result instanceof CheckResult.Failed);
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
