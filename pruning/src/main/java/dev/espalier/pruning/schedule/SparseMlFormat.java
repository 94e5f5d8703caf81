package dev.espalier.pruning.schedule;

import dev.espalier.pruning.Sparsity;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/// A SparseML recipe: a `MagnitudePruningModifier`, or one after the other for what its three interpolations (linear,
/// cubic, inverse cubic) cannot say alone.
final class SparseMlFormat implements ScheduleFormat {
    /// Other curves are made of so many straight pieces.
    private static final int PIECES = 10;

    private static final String NOTE = "A step is an epoch.";

    @Override
    public String name() {
        return "sparseml";
    }

    @Override
    public Said say(Schedule schedule) {
        return switch (schedule) {
            case Constant constant -> steps(Table.of(constant));
            case Ramp ramp
            when ramp.span().first() == ramp.end() ->
                steps(new Milestones(List.of(new Milestone(ramp.end(), ramp.last())), Between.STEPS, 1));
            case Ramp(Curve.Polynomial curve, Span span, Sparsity initial, Sparsity last)
            when curve.equals(Curve.CUBIC) || curve.equals(Curve.LINEAR) -> ramp(curve, span, initial, last);
            case Ramp ramp -> lines(Table.pieces(ramp, PIECES, ramp.span().frequency()));
            case Milestones milestones ->
                switch (milestones.between()) {
                    case STEPS -> steps(milestones);
                    case LINEAR -> lines(milestones);
                    case SMOOTH -> lines(Table.pieces(milestones, PIECES, milestones.frequency()));
                };
        };
    }

    /// The modifier begins at an epoch of its own: a begin between two steps is rounded up, which the comparison with
    /// what is run then shows.
    private static Said ramp(Curve.Polynomial curve, Span span, Sparsity initial, Sparsity last) {
        Span whole = new Span(BigDecimal.valueOf(span.first()), span.end(), span.frequency());
        String text = modifier(initial, last, whole.first(), whole.end(), whole.frequency(), curve.label());
        return new Said(NOTE, "modifiers:\n" + text, new Ramp(curve, whole, initial, last));
    }

    /// A modifier for each milestone, which holds until the next. The last one lasts a step, because SparseML ends a
    /// modifier after it begins; its masks stay.
    private static Said steps(Milestones milestones) {
        List<Milestone> points = milestones.milestones();
        List<String> modifiers = new ArrayList<>();
        for (int i = 0; i < points.size(); i++) {
            Milestone here = points.get(i);
            long end = i + 1 < points.size() ? points.get(i + 1).step() : here.step() + 1;
            // SparseML refuses a final sparsity of 0.
            if (here.target().share().signum() > 0) {
                modifiers.add(modifier(here.target(), here.target(), here.step(), end, end - here.step(), "linear"));
            }
        }
        return several(modifiers, milestones);
    }

    private static Said lines(Milestones milestones) {
        List<Milestone> points = milestones.milestones();
        if (points.size() == 1) {
            return steps(milestones);
        }
        List<String> modifiers = new ArrayList<>();
        for (int i = 0; i + 1 < points.size(); i++) {
            Milestone from = points.get(i);
            Milestone to = points.get(i + 1);
            if (to.target().share().signum() > 0) {
                modifiers.add(
                        modifier(from.target(), to.target(), from.step(), to.step(), milestones.frequency(), "linear"));
            }
        }
        return several(modifiers, milestones);
    }

    private static Said several(List<String> modifiers, Milestones asRun) {
        return new Said(
                NOTE + " One modifier takes over from the other; masks stay on.",
                "modifiers:\n" + String.join("\n", modifiers),
                asRun);
    }

    private static String modifier(
            Sparsity initial, Sparsity last, long start, long end, long frequency, String interpolation) {
        return """
                  - !MagnitudePruningModifier
                    params: __ALL_PRUNABLE__
                    init_sparsity: %s
                    final_sparsity: %s
                    start_epoch: %d.0
                    end_epoch: %d.0
                    update_frequency: %d.0
                    inter_func: %s
                    mask_type: unstructured
                    leave_enabled: True
                """.formatted(
                ScheduleFormats.decimal(initial), ScheduleFormats.decimal(last), start, end, frequency, interpolation);
    }
}
