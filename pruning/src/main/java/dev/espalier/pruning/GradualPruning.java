package dev.espalier.pruning;

import dev.espalier.onnx.Model;
import dev.espalier.onnx.OnnxReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Prunes a model in steps, each a little sparser than the last: scores, masks and what is fitted are made anew
/// at each of them from what the last one left.
///
/// @param source the model's file, which must stay as it is meanwhile
/// @param shares of the way to the sparsity that was asked for, ascending to 1
/// @param regrows whether weights that have gone may come back, as they were; otherwise zeros only become more
/// @param snapshots what is kept of each step, if anything
public record GradualPruning(Path source, List<Sparsity> shares, boolean regrows, Optional<Snapshots> snapshots) {
    /// All of the way.
    public static final Sparsity ALL = Sparsity.parse("1");

    /// Prunes a model in one step.
    public interface Step {
        /// @param model as the last step left it, which is changed
        /// @param share of the way to what is asked for
        /// @param before what the last step changed in the source
        void prune(Model model, Sparsity share, ModelChanges before) throws IOException;
    }

    public GradualPruning {
        shares = List.copyOf(shares);
    }

    /// All at once.
    public static GradualPruning inOneStep(Path source) {
        return new GradualPruning(source, List.of(), false, Optional.empty());
    }

    /// Takes all steps but the last, beginning after the last one of which there is a snapshot.
    ///
    /// @return what they have changed
    public ModelChanges upToTheLast(Step step) throws IOException {
        int steps = shares.size() - 1;
        int done = snapshots.isPresent() ? snapshots.get().last(steps) : 0;
        ModelChanges state = done > 0 ? changesIn(snapshots.orElseThrow().read(done)) : ModelChanges.NONE;
        for (int next = done; next < steps; next++) {
            Model model = OnnxReader.read(source);
            begin(model, state);
            step.prune(model, shares.get(next), state);
            state = changesIn(model);
            if (snapshots.isPresent()) {
                snapshots.get().write(next + 1, model);
            }
        }
        return state;
    }

    /// Makes of the source what a step begins with.
    public void begin(Model model, ModelChanges state) {
        (regrows ? state.regrown(model) : state).apply(model);
    }

    private ModelChanges changesIn(Model model) throws IOException {
        return ModelChanges.between(OnnxReader.read(source), model);
    }
}
