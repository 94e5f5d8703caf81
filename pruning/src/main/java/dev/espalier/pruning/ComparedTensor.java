package dev.espalier.pruning;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Value;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.InputException;
import dev.espalier.sparse.Quantization;
import dev.espalier.sparse.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A tensor of one of two models that are compared.
///
/// @param file the model's, for messages
/// @param value the constant
/// @param weight what it is as a weight; none if its elements are not known to be numbers
/// @param isLayer whether it is a weight that is pruned by default
/// @param place what reads it: the label of a node, or empty
/// @param kind what it is there for: an operator, or why it is left alone
public record ComparedTensor(
        String file, Value value, Optional<Weight> weight, boolean isLayer, String place, String kind) {
    /// All constants of a model: the weights, then the others.
    static List<ComparedTensor> of(String file, ModelWeights model) {
        List<ComparedTensor> all = new ArrayList<>();
        for (Weight weight : model.weights()) {
            String kind = weight.node().operator();
            all.add(new ComparedTensor(
                    file,
                    weight.value(),
                    Optional.of(weight),
                    true,
                    kind + " " + weight.node().label(),
                    kind));
        }
        for (LeftAlone other : model.others()) {
            if (other.value().constant().isPresent()) {
                all.add(new ComparedTensor(file, other.value(), other.ifNamed(), false, "", other.reason()));
            }
        }
        return all;
    }

    /// The tensor as it is stored.
    public Constant constant() {
        return value.constant().orElseThrow();
    }

    /// Its name, unique in its model.
    public String name() {
        return value.path();
    }

    /// The type of its elements.
    public ElementType type() {
        return weight.map(Weight::type).orElseGet(() -> constant().type());
    }

    /// Its dimensions.
    public Shape shape() {
        return weight.map(Weight::shape).orElseGet(() -> constant().shape());
    }

    boolean isOpaque() {
        return constant() instanceof Constant.Opaque;
    }

    Quantization quantization() {
        return weight.map(Weight::quantization).orElse(Quantization.NONE);
    }

    boolean isNamedBy(NameGlob glob) {
        return weight.map(w -> w.isNamedBy(glob)).orElseGet(() -> Weight.isTensorNamedBy(value, glob));
    }

    /// The elements; an error names the file, since there are two.
    DenseTensor decode() {
        try {
            return weight.map(Weight::tensor).orElseGet(() -> constant().decode());
        } catch (InputException e) {
            throw new PruningException(
                    e.what(),
                    "file '" + file + "', tensor '" + name() + "'",
                    e.hint().orElse(""));
        }
    }
}
