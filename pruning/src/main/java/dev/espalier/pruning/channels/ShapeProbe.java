package dev.espalier.pruning.channels;

import dev.espalier.sparse.ElementType;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Something that runs a model and looks at every value on the way.
public interface ShapeProbe {
    /// What one run showed of a value.
    final class Sighting {
        private final ElementType type;
        private final long[] shape;
        private final long @Nullable [] integers;
        private final double @Nullable [][] uniform;

        /// @param type of its elements
        /// @param shape its sizes
        /// @param integers its elements, of a short tensor of integers of rank 0 or 1
        /// @param uniform for each index of each axis the number that is at all places with it; NaN where they
        ///     are not all the same; null if that was not looked at
        public Sighting(ElementType type, long[] shape, long @Nullable [] integers, double @Nullable [][] uniform) {
            this.type = type;
            this.shape = shape;
            this.integers = integers;
            this.uniform = uniform;
        }

        ElementType type() {
            return type;
        }

        long[] shape() {
            return shape;
        }

        long @Nullable [] integers() {
            return integers;
        }

        double @Nullable [][] uniform() {
            return uniform;
        }
    }

    /// Runs the model once, and once more with other sizes where its inputs leave sizes open.
    ///
    /// @return for each run what it showed, by [dev.espalier.onnx.Value#path()]; nothing if it cannot be run
    List<Map<String, Sighting>> observe();

    /// Runs nothing: only what the file declares is known.
    static ShapeProbe none() {
        return List::of;
    }
}
