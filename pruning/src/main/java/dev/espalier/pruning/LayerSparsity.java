package dev.espalier.pruning;

/// How many zeros a weight has and how it is stored.
///
/// @param weight the weight
/// @param zeros elements that are zero
/// @param storage how it is stored
/// @param bytes of the model's files that it takes
public record LayerSparsity(Weight weight, long zeros, String storage, long bytes) {
    /// Looks at a weight.
    public static LayerSparsity of(Weight weight) {
        return new LayerSparsity(
                weight,
                weight.zeroCount(),
                weight.constant().storage(),
                weight.value().storedSize());
    }

    /// Zeros in percent; 0 for a weight without elements.
    public double percent() {
        return weight.elementCount() == 0 ? 0 : 100.0 * zeros / weight.elementCount();
    }

    /// Whether it is a layer that XNNPACK's sparse kernels take, at more than two thirds zeros: a 1x1 convolution or a
    /// dense layer (XNNPACK, `xnn_subgraph_rewrite_for_nchw`).
    public boolean suitsXnnpack() {
        int rank = weight.shape().rank();
        boolean isPointwise = weight.node().operator().equals("Conv")
                && rank == 4
                && weight.shape().dim(2) == 1
                && weight.shape().dim(3) == 1;
        boolean isDense = rank == 2
                && (weight.node().operator().equals("Gemm")
                        || weight.node().operator().equals("MatMul"));
        return (isPointwise || isDense) && zeros * 3 > weight.elementCount() * 2;
    }
}
