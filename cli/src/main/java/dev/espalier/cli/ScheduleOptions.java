package dev.espalier.cli;

import dev.espalier.pruning.Sparsity;
import dev.espalier.pruning.schedule.Between;
import dev.espalier.pruning.schedule.ScheduleSettings;
import java.math.BigDecimal;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/// What can be said about a schedule beside its name.
final class ScheduleOptions {
    private static final class Start {
        @Option(names = "--begin", paramLabel = "STEP", description = "The first step that prunes (default: 0).")
        private @Nullable Long begin;

        @Option(
                names = "--warm-up",
                paramLabel = "SHARE",
                converter = Converters.SparsityConverter.class,
                description = "The same as a share of all steps: the model stays dense until then.")
        private @Nullable Sparsity warmUp;
    }

    @Option(
            names = {"-s", "--sparsity"},
            paramLabel = "SHARE",
            converter = Converters.SparsityConverter.class,
            description = "Final sparsity, 0.9 or 90%%. Milestones say it themselves.")
    private @Nullable Sparsity sparsity;

    @Option(
            names = "--steps",
            paramLabel = "N",
            description = "The last step; the first is 0 (default: 100, or the last milestone).")
    private @Nullable Long steps;

    @Option(
            names = "--initial",
            paramLabel = "SHARE",
            converter = Converters.SparsityConverter.class,
            description = "Sparsity at the step it begins at (default: 0).")
    private @Nullable Sparsity initial;

    @ArgGroup
    private Start start = new Start();

    @Option(
            names = "--end",
            paramLabel = "STEP",
            description = "The step at which the final sparsity is reached (default: the last).")
    private @Nullable Long end;

    @Option(
            names = "--frequency",
            paramLabel = "STEPS",
            description = "Steps from one update to the next (default: 1).")
    private @Nullable Long frequency;

    @Option(names = "--power", description = "Power of a polynomial (default: 3).")
    private @Nullable BigDecimal power;

    @Option(
            names = "--between",
            description = "What is between milestones: ${COMPLETION-CANDIDATES} (default: steps, each holds until the "
                    + "next).")
    private @Nullable Between between;

    ScheduleSettings settings() {
        return new ScheduleSettings(
                Optional.ofNullable(steps),
                Optional.ofNullable(initial),
                Optional.ofNullable(sparsity),
                begin(),
                Optional.ofNullable(end),
                Optional.ofNullable(frequency),
                Optional.ofNullable(power),
                Optional.ofNullable(between));
    }

    private Optional<ScheduleSettings.Begin> begin() {
        if (start.begin != null) {
            return Optional.of(new ScheduleSettings.Begin.AtStep(start.begin));
        }
        return Optional.ofNullable(start.warmUp).map(ScheduleSettings.Begin.AfterShare::new);
    }
}
