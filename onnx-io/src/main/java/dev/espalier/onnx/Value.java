package dev.espalier.onnx;

import com.google.protobuf.Message;
import dev.espalier.onnx.proto.SparseTensorProto;
import dev.espalier.onnx.proto.TensorProto;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A name in a graph with what it stands for: a graph input, an initializer (or both), an output of a node. Knows who
/// makes it and who reads it, in nested graphs too; only [GraphPatch] changes either, so they cannot go stale.
public final class Value {
    private final String name;
    private final Graph graph;
    private final Set<Use> uses = new LinkedHashSet<>();
    private ValueType type = new ValueType.Undeclared();
    private @Nullable Node producer;
    private boolean input;
    private int outputs;

    /// Set for initializers. Of a Constant node, the node's attribute holds the tensor.
    private @Nullable Held initializer;

    /// A constant with the message it was read from, which still has its name, documentation and unknown fields when
    /// the constant is replaced.
    record Held(Constant constant, @Nullable Message origin, boolean replaced) {
        Held with(Constant other) {
            return new Held(other, origin, true);
        }

        /// The same as an initializer: the tensor of a Constant node may have another name, or none.
        Held named(String name) {
            Message message = switch (origin) {
                case TensorProto tensor -> tensor.toBuilder().setName(name).build();
                case SparseTensorProto sparse -> {
                    SparseTensorProto.Builder builder = sparse.toBuilder();
                    builder.getValuesBuilder().setName(name);
                    yield builder.build();
                }
                case null, default -> origin;
            };
            return new Held(constant, message, replaced);
        }
    }

    Value(String name, Graph graph) {
        this.name = name;
        this.graph = graph;
    }

    /// Its name, unique in its graph.
    public String name() {
        return name;
    }

    /// The graph that it belongs to.
    public Graph graph() {
        return graph;
    }

    /// A name that is unique in the whole model: see [Graph#path()].
    public String path() {
        return graph.path() + name;
    }

    /// The declared type.
    public ValueType type() {
        return type;
    }

    /// The node that makes it; none for inputs, initializers, and names that nothing defines.
    public Optional<Node> producer() {
        return Optional.ofNullable(producer);
    }

    /// Who reads it, in file order.
    public Set<Use> uses() {
        return Collections.unmodifiableSet(uses);
    }

    /// Whether it is an input of its graph.
    public boolean isInput() {
        return input;
    }

    /// Whether it is an output of its graph, or of one nested in it.
    public boolean isOutput() {
        return outputs > 0;
    }

    /// Whether it is an initializer, dense or sparse.
    public boolean isInitializer() {
        return initializer != null;
    }

    /// The tensor of an initializer or of a Constant node.
    public Optional<Constant> constant() {
        if (initializer != null) {
            return Optional.of(initializer.constant());
        }
        return producer == null ? Optional.empty() : ConstantNode.tensorOf(producer);
    }

    /// Bytes of the model's files that its tensor takes as it is now.
    ///
    /// @throws IllegalStateException if it is not a constant
    public long storedSize() {
        Held held = anyHeld();
        return StoredSize.of(held.constant(), held.origin(), held.replaced(), name);
    }

    /// Bytes that its tensor would take in this form.
    ///
    /// @throws IllegalStateException if it is not a constant
    public long storedSize(Constant constant) {
        return StoredSize.of(constant, anyHeld().origin(), true, name);
    }

    /// Bytes that its tensor would take with every element stored in the model file.
    ///
    /// @throws IllegalStateException if it is not a constant
    public long denseSize() {
        Held held = anyHeld();
        return StoredSize.ofRaw(held.constant(), held.origin(), name);
    }

    private Held anyHeld() {
        if (initializer != null) {
            return initializer;
        }
        if (producer == null || !ConstantNode.matches(producer)) {
            throw new IllegalStateException("'" + name + "' is not a constant");
        }
        return ConstantNode.heldBy(producer);
    }

    @Nullable
    Held held() {
        return initializer;
    }

    void setType(ValueType declared) {
        type = declared;
    }

    void setProducer(@Nullable Node node) {
        producer = node;
    }

    void setInput(boolean isInput) {
        input = isInput;
    }

    void setInitializer(@Nullable Held held) {
        initializer = held;
    }

    void addUse(Use use) {
        uses.add(use);
    }

    void removeUse(Use use) {
        uses.remove(use);
    }

    void countOutput(int more) {
        outputs += more;
    }

    @Override
    public String toString() {
        return path();
    }
}
