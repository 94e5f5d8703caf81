package dev.espalier.cli;

import dev.espalier.pruning.GradualPruning;
import dev.espalier.pruning.Snapshots;
import dev.espalier.pruning.Sparsity;
import dev.espalier.pruning.schedule.Schedule;
import dev.espalier.pruning.schedule.ScheduleSettings;
import dev.espalier.pruning.schedule.Schedules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Pruning in steps.
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class GradualOptions {
    private static final long DEFAULT_STEPS = 16;

    /// What does not decide what a step makes.
    private static final Set<String> ASIDE = Set.of(
            "--output",
            "--external",
            "--force",
            "--encoding",
            "--values",
            "--fastest-load",
            "--snapshots",
            "--dry-run",
            "--json",
            "--report",
            "--threads");

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--schedule",
            paramLabel = "NAME",
            description = "Prune in steps, each from what the last one left: cubic and others of `espalier schedule`, "
                    + "or milestones such as 4:50%%,8:80%%,10:90%%.")
    private @Nullable String schedule;

    @Option(names = "--steps", paramLabel = "N", description = "How many steps (default: " + DEFAULT_STEPS + ").")
    private @Nullable Long steps;

    @Option(
            names = "--snapshots",
            paramLabel = "FOLDER",
            description =
                    "Keep the model of each step here. The same command goes on after the last one that is there.")
    private @Nullable Path snapshots;

    @Option(
            names = "--allow-regrowth",
            description = "Weights that have gone may come back at a later step; otherwise zeros only become more.")
    private boolean regrowth;

    /// The steps to a sparsity; all at once if there is no schedule.
    ///
    /// @param last that sparsity; none if something else says what goes
    /// @throws ParameterException if there are options without a schedule, or none that can be followed
    GradualPruning pruning(Path source, Optional<Sparsity> last) throws IOException {
        if (schedule == null) {
            if (steps != null || snapshots != null || regrowth) {
                throw usage("--steps, --snapshots and --allow-regrowth are about the steps of a --schedule");
            }
            return GradualPruning.inOneStep(source);
        }
        List<Sparsity> shares = shares(
                schedule,
                last.filter(share -> share.share().signum() > 0)
                        .orElseThrow(() -> usage("--schedule leads to a sparsity: say it with -s SHARE")));
        return new GradualPruning(
                source,
                shares,
                regrowth,
                snapshots == null ? Optional.empty() : Optional.of(Snapshots.in(snapshots, run(source))));
    }

    private List<Sparsity> shares(String name, Sparsity last) {
        try {
            boolean isPoints = Schedules.isMilestones(name);
            if (isPoints && steps != null) {
                throw usage("milestones say how many steps there are: leave out --steps");
            }
            Schedule found = Schedules.parse(
                    name,
                    isPoints
                            ? ScheduleSettings.throughMilestones()
                            : ScheduleSettings.to(last).in(steps == null ? DEFAULT_STEPS : steps));
            if (found.last().share().compareTo(last.share()) != 0) {
                throw usage("the last milestone is " + found.last() + ", and the sparsity that is asked for " + last);
            }
            return found.updates()
                    .mapToObj(found::targetAt)
                    .filter(target -> target.share().signum() > 0)
                    .distinct()
                    .map(target -> target.over(last))
                    .toList();
        } catch (IllegalArgumentException e) {
            throw usage("--schedule " + name + ": " + e.getMessage());
        }
    }

    /// The model and every option that decides what a step makes, a line each.
    private String run(Path source) throws IOException {
        var parsed = spec.commandLine().getParseResult();
        String options = parsed.matchedOptions().stream()
                .filter(option ->
                        ASIDE.stream().noneMatch(name -> List.of(option.names()).contains(name)))
                .map(GradualOptions::line)
                .sorted()
                .collect(Collectors.joining("\n"));
        return "model %s, %d bytes%n%s%n%s%n"
                .formatted(source.getFileName(), Files.size(source), Version.line(), options);
    }

    private static String line(OptionSpec option) {
        return option.longestName() + " " + String.join(" ", ((ArgSpec) option).originalStringValues());
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
