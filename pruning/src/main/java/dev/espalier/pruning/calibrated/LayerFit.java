package dev.espalier.pruning.calibrated;

import java.util.Comparator;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

/// Fits what stays of a layer, each group of its outputs by itself.
final class LayerFit implements AutoCloseable {
    private final LayerProblem problem;
    private final List<SupportFit> fits;

    /// @param products where the time goes
    LayerFit(LayerProblem problem, Products products) {
        this.problem = problem;
        this.fits = problem.groups().stream()
                .map(group -> new SupportFit(group, products))
                .toList();
    }

    /// @param kept what stays, outputs x inputs without the bias
    static LayerSolution of(LayerProblem problem, boolean[] kept, Products products) {
        try (LayerFit fit = new LayerFit(problem, products)) {
            return fit.on(kept);
        }
    }

    /// On whichever of these supports the fitted layer is nearest; of equal ones the first.
    static LayerSolution nearest(LayerProblem problem, List<boolean[]> supports, Products products) {
        try (LayerFit fit = new LayerFit(problem, products)) {
            return supports.stream()
                    .map(fit::on)
                    .min(Comparator.comparingDouble(LayerSolution::error))
                    .orElseThrow();
        }
    }

    /// The best weights on a support, with the ridge that is best on it.
    LayerSolution on(boolean[] kept) {
        return joined((fit, i) -> fit.on(group(i).part(kept)));
    }

    /// The same on a support that ADMM found, from the weights that it found.
    LayerSolution on(AdmmSupport.Found found) {
        return joined((fit, i) -> fit.on(group(i).part(found.kept()), found.weights(i)));
    }

    /// The best weights with the ridge of another solution.
    LayerSolution on(boolean[] kept, LayerSolution other) {
        return joined((fit, i) -> fit.on(group(i).part(kept), other.lambda(i)));
    }

    /// Good weights on a support that ADMM found.
    LayerSolution roughly(AdmmSupport.Found found, double lambda) {
        return joined((fit, i) -> fit.roughly(group(i).part(found.kept()), found.weights(i), lambda));
    }

    private GroupProblem group(int index) {
        return problem.groups().get(index);
    }

    private LayerSolution joined(BiFunction<SupportFit, Integer, LayerSolution> solve) {
        return LayerSolution.joined(
                problem,
                IntStream.range(0, fits.size())
                        .mapToObj(i -> solve.apply(fits.get(i), i))
                        .toList());
    }

    @Override
    public void close() {
        fits.forEach(SupportFit::close);
    }
}
