package dev.espalier.cli;

import dev.espalier.onnx.OnnxWriter;
import dev.espalier.pruning.MethodInputs;
import dev.espalier.pruning.ModelWeights;
import dev.espalier.pruning.NameMap;
import dev.espalier.pruning.PruningPlan;
import dev.espalier.pruning.Weight;
import dev.espalier.pruning.recipe.PlanFile;
import dev.espalier.run.data.MaskWriter;
import dev.espalier.sparse.Mask;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/// Plans and masks as files.
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class PlanOptions {
    /// What a plan says already.
    private static final List<String> SAID = List.of(
            "--sparsity",
            "--pattern",
            "--scope",
            "--method",
            "--threshold",
            "--layer",
            "--recipe",
            "--include",
            "--exclude",
            "--of",
            "--budget",
            "--max-layer-sparsity",
            "--min-layer-size",
            "--seed");

    @Spec(Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--plan",
            paramLabel = "FILE",
            description = "Write what was decided about every tensor, and why, as JSON.")
    private @Nullable Path plan;

    @Option(
            names = "--from-plan",
            paramLabel = "FILE",
            description = "Decide as such a file says, also for another export of the model if names and shapes are "
                    + "the same.")
    private @Nullable Path fromPlan;

    @Option(
            names = "--save-masks",
            paramLabel = "FILE",
            description = "Write the masks of what was pruned to an .npz file: true where a weight stays, for "
                    + "PyTorch's custom_from_mask or for --masks.")
    private @Nullable Path masks;

    /// Whether a plan is given, with nothing that contradicts it.
    ///
    /// @throws ParameterException if there is something
    boolean isGiven() {
        if (fromPlan == null) {
            return false;
        }
        ParseResult options = spec.commandLine().getParseResult();
        SAID.stream().filter(options::hasMatchedOption).findFirst().ifPresent(option -> {
            throw new ParameterException(
                    spec.commandLine(), "--from-plan says what is pruned: " + option + " does not go with it");
        });
        return true;
    }

    /// The plan that is given, for a model.
    PruningPlan on(ModelWeights all, MethodInputs inputs, boolean hasSamples) throws IOException {
        if (fromPlan == null) {
            throw new IllegalStateException("no plan");
        }
        return PlanFile.read(fromPlan).on(all, inputs, hasSamples);
    }

    /// Fails before any work is done if a file cannot be written.
    void probe() throws IOException {
        if (plan != null) {
            OnnxWriter.probe(plan);
        }
        if (masks != null) {
            OnnxWriter.probe(masks);
        }
    }

    /// Writes what is asked for.
    ///
    /// @param done the plan, carried out
    void write(PruningPlan done, NameMap names) throws IOException {
        if (plan != null) {
            PlanFile.of(done).write(plan);
        }
        if (masks != null) {
            Map<String, Supplier<Mask>> all = new LinkedHashMap<>();
            for (Weight weight : done.weights()) {
                NameMap.Array array = names.of(weight.name());
                all.put(
                        array.name(),
                        () -> array.isTransposed() ? weight.nonZeros().permuted(List.of(1, 0)) : weight.nonZeros());
            }
            MaskWriter.write(all, masks);
        }
    }
}
