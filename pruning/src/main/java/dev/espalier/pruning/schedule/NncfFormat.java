package dev.espalier.pruning.schedule;

import dev.espalier.pruning.Sparsity;
import java.util.stream.Collectors;

/// NNCF 3: its exponential schedule where it is that, and its multi-step schedule for everything else.
final class NncfFormat implements ScheduleFormat {
    private static final String NOTE = """
            A step is an epoch: call scheduler.step() at the beginning of each.
            nncf.prune comes first; its ratio is the schedule's first. At ratio 0 NNCF still sets one weight
            of every tensor to zero.""";

    @Override
    public String name() {
        return "nncf";
    }

    @Override
    public Said say(Schedule schedule) {
        if (schedule instanceof Ramp(Curve.Exponential _, Span span, Sparsity initial, Sparsity last)
                && span.begin().signum() == 0
                && span.end() > 0
                && span.frequency() == 1
                && initial.share().compareTo(last.share()) < 0) {
            return new Said(NOTE, exponential(initial, last, span.end()), schedule);
        }
        Milestones table = Table.of(schedule);
        return new Said(NOTE, multiStep(table), table);
    }

    private static String exponential(Sparsity initial, Sparsity last, long end) {
        return """
                import nncf
                from nncf.torch.function_hook.pruning.magnitude.schedulers import ExponentialMagnitudePruningScheduler

                mode = nncf.PruneMode.UNSTRUCTURED_MAGNITUDE_LOCAL
                model = nncf.prune(model, mode=mode, ratio=%1$s, examples_inputs=examples_inputs)
                scheduler = ExponentialMagnitudePruningScheduler(
                    model=model, mode=mode, initial_ratio=%1$s, target_ratio=%2$s, target_epoch=%3$d
                )
                """.formatted(ScheduleFormats.decimal(initial), ScheduleFormats.decimal(last), end);
    }

    /// NNCF insists on a ratio for epoch 0.
    private static String multiStep(Milestones table) {
        boolean needsStart = table.milestones().getFirst().step() > 0;
        String points = table.milestones().stream()
                .map(m -> m.step() + ": " + ScheduleFormats.decimal(m.target()))
                .collect(Collectors.joining(", "));
        return """
                import nncf
                from nncf.torch.function_hook.pruning.magnitude.schedulers import MultiStepMagnitudePruningScheduler

                mode = nncf.PruneMode.UNSTRUCTURED_MAGNITUDE_LOCAL
                model = nncf.prune(model, mode=mode, ratio=%s, examples_inputs=examples_inputs)
                scheduler = MultiStepMagnitudePruningScheduler(
                    model=model,
                    mode=mode,
                    steps={%s},
                )
                """.formatted(ScheduleFormats.decimal(table.targetAt(0)), needsStart ? "0: 0.0, " + points : points);
    }
}
