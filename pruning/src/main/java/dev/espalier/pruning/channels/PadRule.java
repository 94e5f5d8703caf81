package dev.espalier.pruning.channels;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Padding: axes without any are aligned.
final class PadRule implements ChannelRule {
    @Override
    public List<String> operators() {
        return List.of("Pad");
    }

    @Override
    public void link(ChannelOp op, ChannelLinks links) {
        ChannelTensor in = op.in(0);
        @Nullable
        Long[] pads = op.list("pads")
                .or(() -> op.list("paddings"))
                .map(all -> Arrays.stream(all).boxed().toArray(Long[]::new))
                .or(() -> op.integers(1))
                .orElseThrow(() -> new UnsupportedFormException("its padding depends on the model's inputs"));
        long[] axes = op.fixedIntegers(3).orElse(null);
        for (int axis = 0; axis < in.rank(); axis++) {
            boolean isPadded = false;
            for (int i = 0; i < pads.length / 2; i++) {
                int padded = axes == null ? i : OtherAxes.of(axes[i], in.rank());
                isPadded |= padded == axis && !(isZero(pads[i]) && isZero(pads[i + pads.length / 2]));
            }
            if (!isPadded) {
                links.align(in.axis(axis), op.out(0).axis(axis));
            }
        }
    }

    private static boolean isZero(@Nullable Long pad) {
        return pad != null && pad == 0;
    }
}
