package dev.espalier.pruning.calibrated;

import dev.espalier.onnx.Graph;
import dev.espalier.onnx.Node;
import dev.espalier.pruning.Weight;
import java.util.List;
import java.util.Optional;

/// A layer that can be calibrated: where its inputs and outputs are to be observed, and where its bias is.
///
/// @param weight its weight
/// @param matrix how the weight multiplies
/// @param groups how many outputs each group has that reads inputs of its own; one of all outputs for most layers
/// @param uses the operators that multiply by the weight, in the order of the file
/// @param bias what is fitted with it; none if there is none, or if it is not this layer's alone
/// @param norm the normalization that alone reads the response, which takes a bias in place of the layer
public record CalibratedLayer(
        Weight weight,
        WeightMatrix matrix,
        List<Integer> groups,
        List<LayerUse> uses,
        Optional<LayerBias> bias,
        Optional<BatchNorm> norm) {
    public CalibratedLayer {
        groups = List.copyOf(groups);
        uses = List.copyOf(uses);
    }

    /// A layer, or why there is none.
    ///
    /// @param reason a clause; empty if there is one
    public record Found(Optional<CalibratedLayer> layer, String reason) {
        /// The same layer, held against the dense model that it was made from, which says what its outputs should be.
        public Found against(Graph dense) {
            return new Found(layer.map(found -> found.against(dense)), reason);
        }
    }

    private CalibratedLayer against(Graph dense) {
        return new CalibratedLayer(weight, matrix, groups, uses, bias, norm.map(n -> n.against(dense)));
    }

    /// Looks at the operators that use a weight.
    public static Found of(Weight weight) {
        return LayerSearch.of(weight);
    }

    /// The first operator that uses it.
    public Node node() {
        return uses.getFirst().node();
    }

    /// What is added to each output of a use, whether it may change or not, and what the norm's shift has more than the
    /// dense model's; zeros if there is nothing.
    public double[] biasValues(LayerUse use) {
        double[] values = use.added()
                .flatMap(added -> added.value().constant().map(added::values))
                .orElseGet(() -> new double[matrix.outputs()]);
        if (bias.isEmpty()) {
            norm.ifPresent(n -> n.addBias(values));
        }
        return values;
    }

    /// Whether a bias can be solved for.
    public boolean hasBias() {
        return bias.isPresent() || norm.isPresent();
    }

    /// What alone reads its outputs, if that is known to mind some of their errors less than others. Of a classifier's
    /// last layer, one row for each sample, it is the softmax of the logits, whether the model has that or not.
    public Optional<Activation> activation() {
        boolean isFitted = groups.size() == 1 && hasBias() && uses.size() == 1;
        return isFitted && uses.getFirst() instanceof LayerUse.Product product
                ? ActivationSearch.behind(product, norm)
                : Optional.empty();
    }
}
