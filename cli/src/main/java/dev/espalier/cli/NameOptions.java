package dev.espalier.cli;

import dev.espalier.pruning.NameGlob;
import java.util.List;
import picocli.CommandLine.Option;

/// Which layers a command is about.
final class NameOptions {
    @Option(
            names = "--include",
            paramLabel = "GLOB",
            description = "Only layers whose node or tensor name matches; * stands for any characters. Repeatable. "
                    + "A tensor that is not pruned by default (bias, embedding, ...) joins by its exact name.")
    private List<String> include = List.of();

    @Option(
            names = "--exclude",
            paramLabel = "GLOB",
            description = "Not the layers whose node or tensor name matches. Repeatable.")
    private List<String> exclude = List.of();

    List<NameGlob> included() {
        return include.stream().map(NameGlob::of).toList();
    }

    List<NameGlob> excluded() {
        return exclude.stream().map(NameGlob::of).toList();
    }
}
