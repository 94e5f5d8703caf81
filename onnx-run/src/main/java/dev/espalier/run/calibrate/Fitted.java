package dev.espalier.run.calibrate;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Value;
import dev.espalier.pruning.calibrated.BatchNorm;
import dev.espalier.pruning.calibrated.CalibratedLayer;
import dev.espalier.pruning.calibrated.LayerSolution;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;

/// What of a model changes with a fitted weight.
final class Fitted {
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private Fitted() {}

    /// The layer's bias, wherever it is.
    static Map<Value, Constant> alongside(CalibratedLayer layer, LayerSolution solution) {
        double[] bias = new double[layer.matrix().outputs()];
        double[] old = layer.biasValues();
        Map<Value, Constant> changed = new HashMap<>();
        if (layer.bias().isPresent()) {
            for (int row = 0; row < bias.length; row++) {
                bias[row] = solution.bias(row);
            }
            changed.put(layer.bias().get(), withValues(layer.bias().get(), bias));
        } else if (layer.norm().isPresent()) {
            BatchNorm norm = layer.norm().get();
            double[] shift = norm.shiftValues();
            for (int row = 0; row < bias.length; row++) {
                bias[row] = shift[row] + norm.slope(row) * (solution.bias(row) - old[row]);
            }
            changed.put(norm.shift(), withValues(norm.shift(), bias));
        }
        return changed;
    }

    private static Constant withValues(Value value, double[] values) {
        Constant old = value.constant().orElseThrow();
        DenseTensor tensor = DenseTensor.zeros(ElementType.F32, old.shape());
        for (int i = 0; i < values.length; i++) {
            tensor.data().set(FLOAT, 4L * i, (float) values[i]);
        }
        return old.withElements(tensor);
    }
}
