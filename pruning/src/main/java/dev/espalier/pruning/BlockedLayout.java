package dev.espalier.pruning;

import dev.espalier.sparse.Mask;
import dev.espalier.sparse.Shape;
import java.util.ArrayList;
import java.util.List;

/// The masks that a convolution's weight [O, I, H, W] has once ONNX Runtime has laid it out for its kernels
/// (`MlasReorderFilterOIHWBiBo` and `MlasReorderFilterOIHWBo`): outputs in blocks of B, which come last,
/// and inputs in blocks too or not at all; B is what a vector register of the machine holds. The last
/// blocks are filled up with zeros.
final class BlockedLayout {
    private static final List<Integer> BLOCKS = List.of(16, 8);

    private BlockedLayout() {}

    /// All of them; none for what is no such weight.
    static List<Mask> of(Mask mask) {
        List<Mask> layouts = new ArrayList<>();
        if (mask.shape().rank() == 4) {
            for (int block : BLOCKS) {
                layouts.add(layout(mask, block, block));
                layouts.add(layout(mask, 1, block));
            }
        }
        return layouts;
    }

    /// [O / outputs, I / inputs, H, W, inputs, outputs].
    private static Mask layout(Mask mask, int inputs, int outputs) {
        Shape shape = mask.shape();
        long inputBlocks = Math.ceilDiv(shape.dim(1), (long) inputs);
        long outputBlocks = Math.ceilDiv(shape.dim(0), (long) outputs);
        long area = shape.dim(2) * shape.dim(3);
        Shape laidOut = Shape.of(outputBlocks, inputBlocks, shape.dim(2), shape.dim(3), inputs, outputs);
        return Mask.of(laidOut, index -> {
            long left = index / outputs / inputs;
            long place = left % area;
            left /= area;
            long input = left % inputBlocks * inputs + index / outputs % inputs;
            long output = left / inputBlocks * outputs + index % outputs;
            return input < shape.dim(1)
                    && output < shape.dim(0)
                    && mask.isKept((output * shape.dim(1) + input) * area + place);
        });
    }
}
