package dev.espalier.pruning.schedule;

import dev.espalier.pruning.Sparsity;
import java.util.stream.Collectors;

/// TensorFlow Model Optimization: `ConstantSparsity`, `PolynomialDecay`, and for everything else a class of its kind
/// that has the steps in a table.
final class TfmotFormat implements ScheduleFormat {
    private static final String NOTE = """
            A step is one batch, as the optimizer counts: multiply by the batches of an epoch if yours are epochs.
            Needs the callback tfmot.sparsity.keras.UpdatePruningStep.""";

    @Override
    public String name() {
        return "tfmot";
    }

    @Override
    public Said say(Schedule schedule) {
        return switch (schedule) {
            case Constant constant -> new Said(NOTE, constant(constant.end(), constant.target()), constant);
            case Ramp ramp when isJump(ramp) -> new Said(NOTE, constant(ramp.end(), ramp.last()), ramp);
            case Ramp(Curve.Polynomial curve, Span span, Sparsity initial, Sparsity last)
            when isReached(span) -> new Said(NOTE, polynomial(curve, span, initial, last), schedule);
            case Ramp ramp -> table(ramp);
            case Milestones milestones -> table(milestones);
        };
    }

    /// From a step to the same step: TFMOT would divide by its length.
    private static boolean isJump(Ramp ramp) {
        return ramp.span().first() == ramp.end();
    }

    /// TFMOT has no update at the end if the frequency misses it, and then never reaches the final sparsity.
    private static boolean isReached(Span span) {
        return span.begin().stripTrailingZeros().scale() <= 0 && (span.end() - span.first()) % span.frequency() == 0;
    }

    private static String constant(long step, Sparsity target) {
        return """
                import tensorflow_model_optimization as tfmot

                pruning_schedule = tfmot.sparsity.keras.ConstantSparsity(
                    target_sparsity=%s, begin_step=%d, end_step=%2$d, frequency=1
                )
                """.formatted(decimal(target), step);
    }

    private static String polynomial(Curve.Polynomial curve, Span span, Sparsity initial, Sparsity last) {
        return """
                import tensorflow_model_optimization as tfmot

                pruning_schedule = tfmot.sparsity.keras.PolynomialDecay(
                    initial_sparsity=%s,
                    final_sparsity=%s,
                    begin_step=%d,
                    end_step=%d,
                    power=%s,
                    frequency=%d,
                )
                """.formatted(
                        decimal(initial),
                        decimal(last),
                        span.first(),
                        span.end(),
                        curve.power().toPlainString(),
                        span.frequency());
    }

    private static Said table(Schedule schedule) {
        Milestones table = Table.of(schedule);
        String text = """
                import tensorflow as tf
                import tensorflow_model_optimization as tfmot


                class TableSchedule(tfmot.sparsity.keras.PruningSchedule):
                    ""\"Prunes at given steps, each time to the sparsity beside it.""\"

                    def __init__(self, steps, sparsities):
                        self.steps = steps
                        self.sparsities = sparsities

                    def __call__(self, step):
                        step = tf.cast(step, tf.int64)
                        steps = tf.constant(self.steps, tf.int64)
                        reached = tf.reduce_sum(tf.cast(steps <= step, tf.int32))
                        sparsities = tf.constant([0.0] + self.sparsities, tf.float32)
                        return tf.reduce_any(tf.equal(steps, step)), tf.gather(sparsities, reached)

                    def get_config(self):
                        return {
                            "class_name": self.__class__.__name__,
                            "config": {"steps": self.steps, "sparsities": self.sparsities},
                        }


                pruning_schedule = TableSchedule(
                    steps=[%s],
                    sparsities=[%s],
                )
                """.formatted(
                table.milestones().stream().map(m -> Long.toString(m.step())).collect(Collectors.joining(", ")),
                table.milestones().stream().map(m -> decimal(m.target())).collect(Collectors.joining(", ")));
        return new Said("TFMOT has no such schedule: this class has its steps in a table.\n" + NOTE, text, table);
    }

    private static String decimal(Sparsity sparsity) {
        return ScheduleFormats.decimal(sparsity);
    }
}
