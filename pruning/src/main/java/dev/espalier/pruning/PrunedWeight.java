package dev.espalier.pruning;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Value;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.Magnitudes;
import dev.espalier.sparse.Mask;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a method made of a weight.
///
/// @param weight the weight, unchanged
/// @param nonZeros what stays
/// @param elements what the elements that stay are now; what it has in place of the others does not matter
/// @param alongside other constants that change with it, such as the bias of its layer
/// @param calibrated what samples say of it, if the method had any
/// @param before what the weight was, if the method counted it on its way
public record PrunedWeight(
        Weight weight,
        Mask nonZeros,
        DenseTensor elements,
        Map<Value, Constant> alongside,
        Optional<Calibrated> calibrated,
        Optional<Magnitudes.Census> before) {
    /// How a weight came out of calibration. An error is the mean squared distance of the layer's outputs from
    /// what they should be, over the mean square of these.
    ///
    /// @param method what pruned it
    /// @param masked error with the same zeros and the other weights as they were; NaN if it was not calibrated
    /// @param fitted error with what stays fitted; NaN if it was not calibrated
    /// @param note why not by the method that was asked for, a clause; empty if it was
    /// @param warnings what the samples say too little of, clauses
    public record Calibrated(String method, double masked, double fitted, String note, List<String> warnings) {
        public Calibrated {
            warnings = List.copyOf(warnings);
        }

        /// A layer that could not be calibrated.
        public static Calibrated not(String reason) {
            return new Calibrated(PruningMethods.MAGNITUDE.name(), Double.NaN, Double.NaN, reason, List.of());
        }
    }

    public PrunedWeight {
        alongside = Map.copyOf(alongside);
    }

    /// A weight that alone changes, without samples.
    public PrunedWeight(Weight weight, Mask nonZeros, DenseTensor elements) {
        this(weight, nonZeros, elements, Map.of(), Optional.empty(), Optional.empty());
    }

    /// The same, counted.
    PrunedWeight counted(Magnitudes.Census census) {
        return new PrunedWeight(weight, nonZeros, elements, alongside, calibrated, Optional.of(census));
    }

    /// The same weight, pruned by magnitude because it could not be calibrated.
    public PrunedWeight notCalibrated(String reason) {
        return new PrunedWeight(weight, nonZeros, elements, alongside, Optional.of(Calibrated.not(reason)), before);
    }
}
