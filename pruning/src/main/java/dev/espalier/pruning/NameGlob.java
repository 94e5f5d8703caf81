package dev.espalier.pruning;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// A pattern for names of nodes, tensors and operators: `*` stands for any characters, `/` and `.` included, `?`
/// for one. After `re:` it is a regular expression for the whole name.
public final class NameGlob {
    private static final String REGEX = "re:";

    private final String text;
    private final Pattern pattern;

    private NameGlob(String text, Pattern pattern) {
        this.text = text;
        this.pattern = pattern;
    }

    /// Reads one.
    ///
    /// @throws IllegalArgumentException if it is a regular expression that is none
    public static NameGlob of(String text) {
        if (text.startsWith(REGEX)) {
            return ofRegex(text);
        }
        StringBuilder regex = new StringBuilder();
        // A run of stars is one: two would make matching slow and mean the same.
        for (String part : text.replaceAll("\\*+", "*").split("(?<=[*?])|(?=[*?])", -1)) {
            regex.append(
                    switch (part) {
                        case "*" -> ".*";
                        case "?" -> ".";
                        default -> Pattern.quote(part);
                    });
        }
        return new NameGlob(text, Pattern.compile(regex.toString(), Pattern.DOTALL));
    }

    private static NameGlob ofRegex(String text) {
        try {
            return new NameGlob(text, Pattern.compile(text.substring(REGEX.length()), Pattern.DOTALL));
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("'" + text + "' is no regular expression: " + e.getDescription(), e);
        }
    }

    /// Whether it names one thing, without `*` or `?`.
    public boolean isExact() {
        return !text.startsWith(REGEX) && text.indexOf('*') < 0 && text.indexOf('?') < 0;
    }

    /// Whether the whole name matches.
    public boolean matches(String name) {
        return pattern.matcher(name).matches();
    }

    @Override
    public String toString() {
        return text;
    }
}
