package dev.espalier.run.calibrate;

import dev.espalier.onnx.Attribute;
import dev.espalier.onnx.Node;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Which elements of its input a Conv multiplies for one position of its output: the ONNX operator's kernel_shape,
/// strides, dilations, pads and auto_pad, in any number of dimensions.
final class Window {
    private final int[] kernel;
    private final int[] strides;
    private final int[] dilations;
    private final int[] before;
    private final int[] size;
    private final int[] positions;
    /// For each position and tap, where in a plane of the input it is; -1 in the padding.
    private final int[] offsets;

    private Window(int[] kernel, int[] strides, int[] dilations, int[] before, int[] size, int[] positions) {
        this.kernel = kernel;
        this.strides = strides;
        this.dilations = dilations;
        this.before = before;
        this.size = size;
        this.positions = positions;
        int taps = taps();
        this.offsets = new int[positions() * taps];
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = offset(i / taps, i % taps);
        }
    }

    /// @param kernel its shape, that of the weight from axis 2 on
    /// @param input of shape batch, channels, ...
    /// @param output of shape batch, channels, ...
    static Window of(Node conv, int[] kernel, Tensor input, Tensor output) {
        int rank = kernel.length;
        int[] strides = ints(conv, "strides", rank, 1);
        int[] dilations = ints(conv, "dilations", rank, 1);
        int[] pads = ints(conv, "pads", 2 * rank, 0);
        int[] size = new int[rank];
        int[] positions = new int[rank];
        int[] before = new int[rank];
        String auto = conv.attribute("auto_pad").orElse(null) instanceof Attribute.Text(String name, String value)
                ? value
                : "NOTSET";
        for (int i = 0; i < rank; i++) {
            size[i] = input.dim(i + 2);
            positions[i] = output.dim(i + 2);
            int total = Math.max(0, (positions[i] - 1) * strides[i] + dilations[i] * (kernel[i] - 1) + 1 - size[i]);
            before[i] = switch (auto) {
                case "SAME_UPPER" -> total / 2;
                case "SAME_LOWER" -> total - total / 2;
                case "VALID" -> 0;
                default -> pads[i];
            };
        }
        return new Window(kernel, strides, dilations, before, size, positions);
    }

    private static int[] ints(Node node, String name, int count, int otherwise) {
        Optional<Attribute> attribute = node.attribute(name);
        if (attribute.orElse(null) instanceof Attribute.Ints(String label, List<Long> values)
                && values.size() == count) {
            return values.stream().mapToInt(Long::intValue).toArray();
        }
        int[] all = new int[count];
        Arrays.fill(all, otherwise);
        return all;
    }

    /// How many positions the output has.
    int positions() {
        return Arrays.stream(positions).reduce(1, (a, b) -> a * b);
    }

    private int taps() {
        return Arrays.stream(kernel).reduce(1, (a, b) -> a * b);
    }

    /// Copies what is multiplied for one position, in the order of the weight: channel, then kernel position.
    ///
    /// @param image index in the batch
    /// @param first channel
    /// @param channels how many
    /// @param position of the output, counted row-major
    void copy(Tensor input, int image, int first, int channels, int position, float[] to, int at) {
        int plane = input.sizeFrom(2);
        int from = (image * input.dim(1) + first) * plane;
        int taps = offsets.length / positions();
        for (int tap = 0; tap < taps; tap++) {
            int offset = offsets[position * taps + tap];
            for (int channel = 0; channel < channels; channel++) {
                to[at + channel * taps + tap] = offset < 0 ? 0 : input.values()[from + channel * plane + offset];
            }
        }
    }

    private int offset(int position, int tap) {
        int offset = 0;
        int stride = 1;
        int restOfPosition = position;
        int restOfTap = tap;
        for (int i = kernel.length - 1; i >= 0; i--) {
            int place = restOfPosition % positions[i] * strides[i] + restOfTap % kernel[i] * dilations[i] - before[i];
            if (place < 0 || place >= size[i]) {
                return -1;
            }
            offset += place * stride;
            stride *= size[i];
            restOfPosition /= positions[i];
            restOfTap /= kernel[i];
        }
        return offset;
    }
}
