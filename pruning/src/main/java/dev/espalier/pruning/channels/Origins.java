package dev.espalier.pruning.channels;

import dev.espalier.onnx.Graph;
import dev.espalier.onnx.Node;
import dev.espalier.onnx.Value;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/// What the model's inputs can do to values: a run, or several, cannot show that numbers never make a difference.
public final class Origins {
    /// How many elements these make, or how often they do, depends on the numbers that they read.
    private static final Set<String> OF_ANY_SIZE = Set.of("NonZero", "NonMaxSuppression", "Unique", "Compress");

    /// Operands that tell how large an output is, from the first that does.
    private static final Map<String, Integer> FIRST_SIZE = Map.ofEntries(
            Map.entry("Reshape", 1),
            Map.entry("Expand", 1),
            Map.entry("ConstantOfShape", 0),
            Map.entry("Range", 0),
            Map.entry("Tile", 1),
            Map.entry("Slice", 1),
            Map.entry("TopK", 1),
            Map.entry("Pad", 1),
            Map.entry("Resize", 1),
            Map.entry("Upsample", 1),
            Map.entry("OneHot", 1),
            Map.entry("Split", 1));

    private final Set<Value> ofSizes = new HashSet<>();
    private final Set<Value> ofFixedSize = new HashSet<>();

    private Origins() {}

    /// Of all values of some graphs.
    public static Origins in(Collection<Graph> graphs) {
        Origins origins = new Origins();
        // What is known only grows; nodes that are out of order need another turn.
        for (boolean again = true; again; ) {
            again = false;
            for (Graph graph : graphs) {
                for (Node node : graph.nodes()) {
                    again |= origins.follow(node);
                }
            }
        }
        return origins;
    }

    private boolean follow(Node node) {
        Set<Value> read = read(node);
        boolean isNew = false;
        if (isOfSizes(node, read)) {
            isNew = ofSizes.addAll(node.outputs());
        }
        if (isOfFixedSize(node, read)) {
            isNew |= ofFixedSize.addAll(node.outputs());
        }
        return isNew;
    }

    private boolean isOfSizes(Node node, Set<Value> read) {
        if (node.isOperator("Shape") || node.isOperator("Size")) {
            return true;
        }
        // Random numbers are made of nothing.
        return !read.isEmpty() && !isRandom(node) && read.stream().allMatch(this::isOfSizes);
    }

    private static boolean isRandom(Node node) {
        return node.operator().startsWith("Random")
                || node.isOperator("Bernoulli")
                || node.isOperator("Multinomial")
                || node.isOperator("Dropout");
    }

    private boolean isOfFixedSize(Node node, Set<Value> read) {
        if (!node.bodies().isEmpty() || !read.stream().allMatch(this::isOfFixedSize)) {
            return false;
        }
        if (!node.domain().isEmpty()) {
            return true;
        }
        Integer firstSize = FIRST_SIZE.get(node.operator());
        boolean areSizesGiven = firstSize == null
                || IntStream.range(firstSize, node.inputCount())
                        .mapToObj(node::input)
                        .allMatch(operand -> operand.map(this::isOfSizes).orElse(true));
        boolean isOfAnySize =
                OF_ANY_SIZE.contains(node.operator()) && !read.stream().allMatch(this::isOfSizes);
        return areSizesGiven && !isOfAnySize;
    }

    /// Whether a value is constant or computed from nothing but constants and sizes, whatever the numbers in the
    /// model's inputs.
    public boolean isOfSizes(Value value) {
        return value.constant().isPresent() || ofSizes.contains(value);
    }

    /// Whether the sizes of a value, and those that it is computed from, follow from the sizes of the model's inputs.
    public boolean isOfFixedSize(Value value) {
        boolean isGiven = value.isInput() && value.graph().path().isEmpty();
        return isGiven || value.constant().isPresent() || ofFixedSize.contains(value);
    }

    /// The values around a node that it or a node in its bodies reads.
    public static Set<Value> read(Node node) {
        Set<Value> values = new HashSet<>();
        for (int i = 0; i < node.inputCount(); i++) {
            node.input(i).ifPresent(values::add);
        }
        for (Graph body : node.bodies()) {
            List<Node> nodes = body.nodes();
            nodes.forEach(inner -> values.addAll(read(inner)));
            values.addAll(body.outputs());
            values.removeIf(value -> value.graph() == body);
        }
        return values;
    }
}
