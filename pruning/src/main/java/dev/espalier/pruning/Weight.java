package dev.espalier.pruning;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Node;
import dev.espalier.onnx.Value;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.MagnitudeCounts;
import dev.espalier.sparse.Mask;
import dev.espalier.sparse.Quantization;
import dev.espalier.sparse.Shape;
import java.util.List;

/// A constant that operators multiply by, which is what can be pruned. Used twice, it is still one weight.
///
/// @param value the constant
/// @param layout where its elements are in that
/// @param quantization how they stand for numbers
/// @param nodes the operators that multiply by it, or the calls of functions that do, in file order; never empty
/// @param chains the ways to the operators that multiply by it; none for a tensor that is no weight by itself
public record Weight(
        Value value, ElementLayout layout, Quantization quantization, List<Node> nodes, List<WeightChain> chains) {
    public Weight {
        nodes = List.copyOf(nodes);
        chains = List.copyOf(chains);
    }

    /// A tensor that is no weight by itself, but may be pruned.
    static Weight unasked(Value value, List<Node> readers) {
        return new Weight(
                value, ElementLayout.of(value.constant().orElseThrow()), Quantization.NONE, readers, List.of());
    }

    /// Its name, unique in the model.
    public String name() {
        return value.path();
    }

    /// The first operator that uses it.
    public Node node() {
        return nodes.getFirst();
    }

    /// The tensor as it is stored.
    public Constant constant() {
        return value.constant().orElseThrow();
    }

    /// Type of its elements, which may share the bytes of the constant.
    public ElementType type() {
        return layout.type();
    }

    /// Its dimensions.
    public Shape shape() {
        return layout.shape();
    }

    /// Its elements.
    public DenseTensor tensor() {
        return layout.read(constant().decode());
    }

    /// Number of elements.
    public long elementCount() {
        return shape().elementCount();
    }

    /// Which elements are not zero, from the stored bytes.
    public Mask nonZeros() {
        return Mask.ofNonZeros(tensor(), quantization);
    }

    /// How many elements are zero, without decoding a sparse tensor, and without a mask of a dense one.
    public long zeroCount() {
        if (constant() instanceof Constant.Sparse sparse && quantization.isZeroAtZero()) {
            DenseTensor stored = sparse.tensor().values();
            return elementCount() - Mask.ofNonZeros(stored, Quantization.NONE).keptCount();
        }
        return MagnitudeCounts.of(tensor(), quantization).zeros();
    }

    /// Whether a pattern means this weight: by its own name, or by that of a node that uses it.
    public boolean isNamedBy(NameGlob glob) {
        return isTensorNamedBy(value, glob) || isUsedBy(glob);
    }

    /// Whether a pattern means a node that uses it.
    boolean isUsedBy(NameGlob glob) {
        return nodes.stream().anyMatch(node -> glob.matches(node.name()) || glob.matches(node.label()));
    }

    static boolean isTensorNamedBy(Value value, NameGlob glob) {
        return glob.matches(value.name()) || glob.matches(value.path());
    }
}
