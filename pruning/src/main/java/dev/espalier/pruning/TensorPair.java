package dev.espalier.pruning;

import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.TensorDifference;
import java.util.Optional;

/// A tensor before and after.
///
/// @param before none if it was added
/// @param after none if it was removed
/// @param change what became of it
/// @param figures how much; none where there are no numbers of the same shape and scale to compare
public record TensorPair(
        Optional<ComparedTensor> before,
        Optional<ComparedTensor> after,
        Change change,
        Optional<TensorDifference> figures) {
    /// What became of a tensor.
    public enum Change {
        SAME,
        /// The same numbers, of another type or stored in another way.
        ENCODING,
        /// Every element that changed became zero.
        PRUNED,
        CHANGED,
        /// It has another shape.
        RESHAPED,
        ADDED,
        REMOVED,
        /// Its elements are strings, or of a type that is not known.
        UNKNOWN
    }

    static TensorPair added(ComparedTensor after) {
        return new TensorPair(Optional.empty(), Optional.of(after), Change.ADDED, Optional.empty());
    }

    static TensorPair removed(ComparedTensor before) {
        return new TensorPair(Optional.of(before), Optional.empty(), Change.REMOVED, Optional.empty());
    }

    /// Compares two tensors that are the same one.
    static TensorPair of(ComparedTensor before, ComparedTensor after) {
        if (!before.shape().equals(after.shape())) {
            return of(before, after, Change.RESHAPED, Optional.empty());
        }
        if (before.isOpaque() || after.isOpaque()) {
            return of(before, after, Change.UNKNOWN, Optional.empty());
        }
        DenseTensor old = before.decode();
        DenseTensor now = after.decode();
        boolean isMeasured = before.weight().isPresent()
                && after.weight().isPresent()
                && before.quantization().isScaleKnown() == after.quantization().isScaleKnown();
        if (!isMeasured) {
            boolean isSame = old.isSameAs(now) && before.quantization().equals(after.quantization());
            return of(before, after, isSame ? unchanged(before, after) : Change.CHANGED, Optional.empty());
        }
        TensorDifference figures = TensorDifference.of(old, before.quantization(), now, after.quantization());
        Change change = figures.changed() == 0
                ? unchanged(before, after)
                : figures.isPruning() ? Change.PRUNED : Change.CHANGED;
        return of(before, after, change, Optional.of(figures));
    }

    private static Change unchanged(ComparedTensor before, ComparedTensor after) {
        boolean isStoredAlike = before.constant().type() == after.constant().type()
                && before.constant().storage().equals(after.constant().storage());
        return isStoredAlike ? Change.SAME : Change.ENCODING;
    }

    private static TensorPair of(
            ComparedTensor before, ComparedTensor after, Change change, Optional<TensorDifference> figures) {
        return new TensorPair(Optional.of(before), Optional.of(after), change, figures);
    }

    /// Whether it is a weight that is pruned by default, in one of the models.
    boolean isLayer() {
        return before.filter(ComparedTensor::isLayer).isPresent()
                || after.filter(ComparedTensor::isLayer).isPresent();
    }

    boolean isNamedBy(NameGlob glob) {
        return before.filter(t -> t.isNamedBy(glob)).isPresent()
                || after.filter(t -> t.isNamedBy(glob)).isPresent();
    }

    /// Whether the figures are in real units, so that they add to those of other tensors.
    public boolean isScaleKnown() {
        return before.filter(t -> t.quantization().isScaleKnown()).isPresent();
    }
}
