package dev.espalier.run.calibrate;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Value;
import dev.espalier.pruning.calibrated.BatchNorm;
import dev.espalier.pruning.calibrated.CalibratedLayer;
import dev.espalier.pruning.calibrated.LayerBias;
import dev.espalier.pruning.calibrated.LayerSolution;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/// What of a model changes with a fitted weight.
final class Fitted {
    private Fitted() {}

    /// The layer's bias, wherever it is.
    ///
    /// @param now what a constant of the pruned model is at present
    static Map<Value, Constant> alongside(
            CalibratedLayer layer, LayerSolution solution, Function<Value, Constant> now) {
        int outputs = layer.matrix().outputs();
        double[] bias = new double[outputs];
        Map<Value, Constant> changed = new HashMap<>();
        if (layer.bias().isPresent()) {
            LayerBias own = layer.bias().get();
            for (int row = 0; row < outputs; row++) {
                bias[row] = solution.bias(row);
            }
            changed.put(own.value(), own.with(now.apply(own.value()), bias));
        } else if (layer.norm().isPresent()) {
            BatchNorm norm = layer.norm().get();
            double[] old = layer.biasValues(layer.uses().getFirst());
            double[] shift = norm.shiftValues();
            for (int row = 0; row < outputs; row++) {
                bias[row] = shift[row] + norm.slope(row) * (solution.bias(row) - old[row]);
            }
            changed.put(
                    norm.shift(),
                    LayerBias.whole(norm.shift(), outputs)
                            .with(norm.shift().constant().orElseThrow(), bias));
        }
        return changed;
    }
}
