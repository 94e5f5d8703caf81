package dev.espalier.pruning.schedule;

import java.util.Locale;

/// What happens between two milestones.
public enum Between {
    /// Nothing: a milestone holds until the next.
    STEPS("each holds until the next"),
    /// The target rises along a straight line.
    LINEAR("straight lines between them"),
    /// The target rises along a cubic that has no corner at a milestone and never falls: [MonotoneCubic].
    SMOOTH("a monotone cubic through them");

    private final String description;

    Between(String description) {
        this.description = description;
    }

    String description() {
        return description;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
