package dev.espalier.onnx;

/// Removes initializers that nothing reads, such as the dense originals that careless tools leave beside what they made
/// of them. Those that are graph inputs stay: callers may name them.
public final class RemoveUnusedInitializers implements ModelPass {
    @Override
    public String name() {
        return "remove unused initializers";
    }

    @Override
    public boolean apply(Model model) {
        GraphPatch patch = GraphPatch.labelled(name());
        for (Graph graph : model.allGraphs()) {
            for (Value value : graph.initializers()) {
                if (value.uses().isEmpty() && !value.isOutput() && !value.isInput()) {
                    patch.removeInitializer(value);
                }
            }
        }
        return patch.apply();
    }
}
