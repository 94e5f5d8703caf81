package dev.espalier.pruning.calibrated;

import dev.espalier.pruning.calibrated.Units.Band;
import dev.espalier.pruning.calibrated.Units.Unit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The exact optimal brain compression (Frantar and Alistarh 2022, arXiv 2208.11580): out of each output go, one
/// after the other, the weights that are missed least while all others are fitted anew; how many go of each
/// output follows from the order of the losses in the whole layer. Outputs that share blocks are taken together,
/// and with N:M a group is passed over when enough of it has gone.
///
/// It starts from the best weights, not from the dense ones: only there is the loss what the paper's formula
/// says.
final class Obc implements CalibratedMethod {
    private static final double LAMBDA = 1e-2;

    /// Multiply-adds of the eliminations: what takes some minutes.
    private static final double MOST_WORK = 1e12;

    @Override
    public String name() {
        return "obc";
    }

    @Override
    public String summary() {
        return "one weight after the other, the others fitted anew each time (OBC); wide layers by admm";
    }

    @Override
    public Optional<String> refusal(LayerProblem problem) {
        double inputs = problem.weightInputs() + 1;
        if (problem.outputs() * inputs * inputs * inputs / 2 > MOST_WORK) {
            return Optional.of("too wide for obc");
        }
        return problem.groups().size() > 1
                        && problem.units().bands().stream().anyMatch(band -> groupsOf(problem, band) > 1)
                ? Optional.of("what goes together is in several groups of outputs, which obc does not take together")
                : Optional.empty();
    }

    private static long groupsOf(LayerProblem problem, Band band) {
        return problem.groups().stream()
                .filter(group -> Arrays.stream(band.rows()).anyMatch(row -> isIn(group, row)))
                .count();
    }

    private static boolean isIn(GroupProblem group, int row) {
        return row >= group.firstRow() && row < group.firstRow() + group.outputs();
    }

    /// Where plain magnitudes choose weights on which the fitted layer is nearer, takes these.
    @Override
    public LayerSolution solve(LayerProblem problem, Products products) {
        boolean[] kept = problem.projection().keep(saliency(problem));
        return LayerFit.nearest(problem, List.of(kept, problem.largest()), products);
    }

    /// For each weight at what loss it goes, outputs x inputs. What is zero before goes first.
    static float[] saliency(LayerProblem problem) {
        float[] saliency = new float[problem.outputs() * problem.weightInputs()];
        List<Band> bands = problem.units().bands();
        for (GroupProblem group : problem.groups()) {
            Minimum minimum = Minimum.of(group, LAMBDA);
            bands.parallelStream()
                    .filter(band -> isIn(group, band.rows()[0]))
                    .forEach(band -> new Trace(group, minimum, band, saliency).run());
        }
        return saliency;
    }

    /// What goes of a band of outputs, in which order.
    private static final class Trace {
        private final GroupProblem group;
        private final Band band;
        private final int[] rows;
        private final Elimination elimination;
        private final float[] saliency;

        Trace(GroupProblem group, Minimum minimum, Band band, float[] saliency) {
            this.group = group;
            this.band = band;
            this.rows = Arrays.stream(band.rows())
                    .map(row -> row - group.firstRow())
                    .toArray();
            this.elimination = new Elimination(minimum, rows, group.rowScale());
            this.saliency = saliency;
        }

        void run() {
            List<Unit> left = new ArrayList<>();
            for (Unit unit : band.units()) {
                if (isZero(unit)) {
                    remove(unit);
                } else {
                    left.add(unit);
                }
            }
            float last = 0;
            for (Unit unit = least(left); unit != null; unit = least(left)) {
                float loss = (float) Math.min(elimination.loss(unit.columns()), Float.MAX_VALUE / 2);
                // One that goes later is never taken for one that is missed less.
                last = Math.max(loss, Math.nextUp(last));
                mark(unit, last);
                remove(unit);
                left.remove(unit);
            }
            left.forEach(unit -> mark(unit, Float.MAX_VALUE));
        }

        private boolean isZero(Unit unit) {
            return Arrays.stream(rows)
                    .allMatch(row ->
                            Arrays.stream(unit.columns()).allMatch(j -> group.dense()[row * group.inputs() + j] == 0));
        }

        /// The unit that is missed least of those that may go; null if none may.
        private @Nullable Unit least(List<Unit> left) {
            Unit least = null;
            double leastLoss = Double.POSITIVE_INFINITY;
            for (Unit unit : left) {
                if (band.mayGo(unit)) {
                    double loss = elimination.loss(unit.columns());
                    if (loss < leastLoss) {
                        least = unit;
                        leastLoss = loss;
                    }
                }
            }
            return least;
        }

        private void remove(Unit unit) {
            elimination.remove(unit.columns());
            band.take(unit);
        }

        private void mark(Unit unit, float value) {
            for (int row : band.rows()) {
                for (int j : unit.columns()) {
                    saliency[row * group.weightInputs() + j] = value;
                }
            }
        }
    }
}
