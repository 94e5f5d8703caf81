package dev.espalier.pruning.calibrated;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Value;
import java.util.List;
import java.util.stream.IntStream;

/// What a layer adds to each of its outputs: a constant, or a part of one.
///
/// @param value the constant
/// @param places for each output where in that its addend is
public record LayerBias(Value value, List<Integer> places) {
    public LayerBias {
        places = List.copyOf(places);
    }

    /// One element for each output, in their order.
    public static LayerBias whole(Value value, int outputs) {
        return new LayerBias(value, IntStream.range(0, outputs).boxed().toList());
    }

    /// The same for all outputs.
    static LayerBias single(Value value, int outputs) {
        return new LayerBias(
                value, IntStream.range(0, outputs).map(i -> 0).boxed().toList());
    }

    /// The addend of each output.
    ///
    /// @param constant what the value is
    public double[] values(Constant constant) {
        double[] all = Numbers.of(constant.decode());
        return places.stream().mapToDouble(i -> all[i]).toArray();
    }

    /// A constant with other addends.
    ///
    /// @param old what has the elements that are no addends of this layer
    /// @param values for each output
    public Constant with(Constant old, double[] values) {
        double[] all = Numbers.of(old.decode());
        for (int i = 0; i < values.length; i++) {
            all[places.get(i)] = values[i];
        }
        return old.withElements(Numbers.tensor(old.type(), old.shape(), all));
    }
}
