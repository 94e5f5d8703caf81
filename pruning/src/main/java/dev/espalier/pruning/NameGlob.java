package dev.espalier.pruning;

import java.util.regex.Pattern;

/// A pattern for names of nodes and tensors: `*` stands for any characters, `/` and `.` included, `?` for one.
public final class NameGlob {
    private final String text;
    private final Pattern pattern;

    private NameGlob(String text, Pattern pattern) {
        this.text = text;
        this.pattern = pattern;
    }

    /// Every text is a pattern.
    public static NameGlob of(String text) {
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

    /// Whether it names one thing, without `*` or `?`.
    public boolean isExact() {
        return text.indexOf('*') < 0 && text.indexOf('?') < 0;
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
