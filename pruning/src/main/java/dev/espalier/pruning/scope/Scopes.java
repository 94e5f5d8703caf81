package dev.espalier.pruning.scope;

import java.util.List;
import java.util.Optional;

/// The scopes. To add one, write its class and add it here.
public final class Scopes {
    /// Every layer reaches the sparsity by itself.
    public static final Scope LAYER = new LayerScope();

    /// The smallest of the whole model go (PyTorch's `global_unstructured`).
    public static final Scope GLOBAL = new GlobalScope();

    /// In the order in which help lists them.
    public static final List<Scope> ALL =
            List.of(LAYER, GLOBAL, new NormalizedScope(), new LampScope(), new ErkScope(), new UniformPlusScope());

    private Scopes() {}

    /// The scope of that name.
    public static Optional<Scope> named(String name) {
        return ALL.stream().filter(scope -> scope.name().equals(name)).findFirst();
    }
}
