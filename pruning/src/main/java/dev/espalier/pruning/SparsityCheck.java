package dev.espalier.pruning;

/// Proves one property of a pruned file.
public interface SparsityCheck {
    /// The property, in a word or two.
    String name();

    /// What it is about.
    default Question question() {
        return Question.STATIC;
    }

    /// Looks at the file.
    CheckResult check(Evidence evidence);
}
