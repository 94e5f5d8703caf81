package dev.espalier.run.validate;

import java.util.Collection;

/// What a probe says to its question.
public enum Answer {
    /// The bound holds, and the samples or runs suffice to say so.
    PASS("pass"),
    /// The bound is missed, and the samples or runs suffice to say so.
    FAIL("FAIL"),
    /// Both are possible with these samples or runs, or the probe could not be carried out.
    CANNOT_TELL("cannot tell"),
    /// The question has no meaning for this task, or was not asked.
    NOT_ASKED("-");

    private final String words;

    Answer(String words) {
        this.words = words;
    }

    /// `pass`, `FAIL`, `cannot tell` or `-`.
    @Override
    public String toString() {
        return words;
    }

    /// What follows from several: all must pass. Those that were not asked do not count.
    static Answer all(Collection<Answer> answers) {
        if (answers.contains(FAIL)) {
            return FAIL;
        }
        return answers.contains(CANNOT_TELL) ? CANNOT_TELL : answers.contains(PASS) ? PASS : NOT_ASKED;
    }

    /// Whether something that is lost stays within a bound.
    ///
    /// @param low lower end of its interval
    /// @param high upper end of its interval
    static Answer within(double low, double high, double bound) {
        return high <= bound ? PASS : low > bound ? FAIL : CANNOT_TELL;
    }
}
