package dev.espalier.onnx;

/// Moves large tensors of a model into external data: dense initializers, and the parts of packed ones. Tensors in
/// attributes stay, for runtimes do not look for external data there, and so do those stored as coo, whose typed data
/// has to be in the model file.
public final class MoveDataOut implements ModelPass {
    /// Below this, what says where the data is would take as many bytes as it saves, and shapes that a runtime needs
    /// before it opens any other file would be outside.
    private static final long FEWEST_BYTES = 1024;

    private static final long PAGE = 4096;
    private static final long LARGE = 1 << 20;
    private static final long CACHE_LINE = 64;

    private long end;

    @Override
    public String name() {
        return "move data out";
    }

    @Override
    public boolean apply(Model model) {
        GraphPatch patch = GraphPatch.labelled(name());
        for (Graph graph : model.allGraphs()) {
            for (Value value : graph.initializers()) {
                Constant constant = value.constant().orElseThrow();
                Constant moved = moved(constant);
                if (!moved.equals(constant)) {
                    patch.replaceConstant(value, moved);
                }
            }
        }
        return patch.apply();
    }

    private Constant moved(Constant constant) {
        return switch (constant) {
            case Constant.Dense dense
            when dense.type().byteCount(dense.shape().elementCount()) >= FEWEST_BYTES -> outside(dense);
            case Constant.Packed packed -> packed.withInitializers(this::moved);
            case Constant.Dense dense -> dense;
            case Constant.External external -> external;
            case Constant.Sparse sparse -> sparse;
            case Constant.Opaque opaque -> opaque;
        };
    }

    /// Large tensors begin on a page of their own, so that a runtime can map them.
    private Constant outside(Constant.Dense dense) {
        long bytes = dense.type().byteCount(dense.shape().elementCount());
        long alignment = bytes >= LARGE ? PAGE : CACHE_LINE;
        long offset = Math.ceilDiv(end, alignment) * alignment;
        end = offset + bytes;
        return new Constant.External(dense.decode(), new ExternalData.Range("", offset, bytes));
    }
}
