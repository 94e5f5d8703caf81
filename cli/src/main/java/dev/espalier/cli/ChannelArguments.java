package dev.espalier.cli;

import java.util.Arrays;
import java.util.List;

/// Tells from the arguments whether a command is about channels, or recovers a model: such a command has options of its
/// own, which would be in the way of all others.
final class ChannelArguments {
    /// Patterns of whole channels.
    static final List<String> PATTERNS = List.of("channels", "heads");

    private ChannelArguments() {}

    static boolean areAboutPruning(String... args) {
        int at = Arrays.asList(args).indexOf("--pattern");
        boolean isApart = at >= 0 && at + 1 < args.length && PATTERNS.contains(args[at + 1]);
        return isApart || PATTERNS.stream().anyMatch(name -> Arrays.asList(args).contains("--pattern=" + name));
    }

    static boolean areAboutRecovering(String... args) {
        return Arrays.stream(args).anyMatch(arg -> arg.equals("--recover") || arg.startsWith("--recover="));
    }

    static boolean areAboutDead(String... args) {
        return Arrays.asList(args).contains("--dead");
    }

    static boolean areAboutInspecting(String... args) {
        return Arrays.stream(args)
                .anyMatch(arg -> List.of("--channels", "--why", "--dot").contains(arg)
                        || arg.startsWith("--why=")
                        || arg.startsWith("--dot="));
    }
}
