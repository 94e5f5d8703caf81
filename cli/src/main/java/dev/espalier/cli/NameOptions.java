package dev.espalier.cli;

import dev.espalier.pruning.NameGlob;
import java.util.List;
import picocli.CommandLine.Option;

/// Which layers a command is about.
final class NameOptions {
    @Option(
            names = "--include",
            paramLabel = "GLOB",
            converter = Converters.GlobConverter.class,
            description = "Only layers whose node or tensor name matches; * stands for any characters, and "
                    + "re:REGEX is a regular expression. Repeatable. "
                    + "A tensor that is not pruned by default (bias, embedding, ...) joins by its exact name.")
    private List<NameGlob> include = List.of();

    @Option(
            names = "--exclude",
            paramLabel = "GLOB",
            converter = Converters.GlobConverter.class,
            description = "Not the layers whose node or tensor name matches. Repeatable.")
    private List<NameGlob> exclude = List.of();

    List<NameGlob> included() {
        return include;
    }

    List<NameGlob> excluded() {
        return exclude;
    }
}
