package dev.espalier.pruning.schedule;

import dev.espalier.pruning.Sparsity;
import java.util.stream.Collectors;

/// An llm-compressor recipe: its polynomial schedulers where they are exact, and its multi-step scheduler for
/// everything
/// else. It sets the target anew at every batch, so that a curve with a longer frequency has to be written as steps.
final class LlmCompressorFormat implements ScheduleFormat {
    private static final String NOTE = """
            A step is what llm-compressor's events count: an epoch, or a batch.
            MagnitudePruningModifier takes its masks off at its end; ConstantPruningModifier keeps the zeros.""";

    @Override
    public String name() {
        return "llm-compressor";
    }

    @Override
    public Said say(Schedule schedule) {
        return schedule instanceof Ramp(Curve.Polynomial curve, Span span, Sparsity initial, Sparsity last)
                        && span.frequency() == 1
                        && span.begin().stripTrailingZeros().scale() <= 0
                        && span.first() < span.end()
                ? new Said(NOTE, recipe(initial, last, span.first(), span.end(), scheduler(curve)), schedule)
                : multiStep(Table.of(schedule));
    }

    private static String scheduler(Curve.Polynomial curve) {
        return curve.equals(Curve.LINEAR) || curve.equals(Curve.CUBIC)
                ? "update_scheduler: " + curve.label()
                : "update_scheduler: polynomial_decay\n      scheduler_args: {exponent: %s}"
                        .formatted(curve.power().toPlainString());
    }

    /// The modifier ends a step after the last milestone, so that there is a batch at which it applies.
    private static Said multiStep(Milestones table) {
        String steps = table.milestones().stream()
                .map(m -> "[%d, %s]".formatted(m.step(), ScheduleFormats.decimal(m.target())))
                .collect(Collectors.joining(", "));
        String scheduler = "update_scheduler: multi_step\n      scheduler_args: {steps: [%s]}".formatted(steps);
        long first = table.milestones().getFirst().step();
        Sparsity initial = table.milestones().getFirst().target();
        return new Said(NOTE, recipe(initial, table.last(), first, table.end() + 1, scheduler), table);
    }

    private static String recipe(Sparsity initial, Sparsity last, long start, long end, String scheduler) {
        return """
                pruning_stage:
                  pruning_modifiers:
                    MagnitudePruningModifier:
                      targets: ["re:.*weight"]
                      init_sparsity: %1$s
                      final_sparsity: %2$s
                      start: %3$d.0
                      end: %4$d.0
                      %5$s
                      mask_structure: unstructured
                    ConstantPruningModifier:
                      targets: ["re:.*weight"]
                      start: %4$d.0
                """.formatted(ScheduleFormats.decimal(initial), ScheduleFormats.decimal(last), start, end, scheduler);
    }
}
