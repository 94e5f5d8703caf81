package dev.espalier.sparse;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Which elements of a tensor may be zero together, bound to the way in which the tensor lies: what selects zeros that
/// follow the pattern, and what finds where they do not.
public sealed interface SparsityPattern permits Unstructured, NofM, Block, Slices {
    /// Where zeros do not follow a pattern.
    ///
    /// @param count groups that do not
    /// @param first position of the first element of the first one, counted row-major; -1 if there is none
    record Violations(long count, long first) {
        /// There is none.
        static final Violations NONE = new Violations(0, -1);
    }

    /// Scores of what is chosen among, by the scores of the elements: the elements themselves, or blocks or slices of
    /// them. There are none where the pattern itself says how many elements stay.
    Scores units(Scores elements);

    /// Which unit an element is in: one of those that [#units] counts, or the group that decides by itself.
    ///
    /// @param element its position, counted row-major
    long unitOf(long element);

    /// Which elements stay. What scores 0 does not, what must not go always does.
    ///
    /// @param units what [#units] made of `elements`
    /// @param cut through the units
    Mask select(Shape shape, Scores elements, Scores units, Cut cut);

    /// Where a tensor with these zeros breaks the pattern.
    Violations violations(Mask nonZeros);

    /// The smallest mask of whole units that has all ones of `nonZeros`.
    Mask cover(Mask nonZeros);

    /// Whether a tensor of this shape lies as the pattern says.
    boolean fits(Shape shape);

    /// How many units a tensor of this shape has to choose among: elements, blocks, slices; 0 where the pattern itself
    /// says how many elements stay.
    default long unitCount(Shape shape) {
        return switch (this) {
            case Unstructured unstructured -> shape.elementCount();
            case NofM nOfM -> 0;
            case Block block -> block.unitCount();
            case Slices slices -> slices.unitCount();
        };
    }

    /// How many elements a unit has; at edges there may be fewer.
    default long unitSize() {
        return switch (this) {
            case Unstructured unstructured -> 1;
            case NofM nOfM -> 1;
            case Block block -> (long) block.height() * block.width();
            case Slices slices -> slices.sizeOf(0);
        };
    }

    /// Reads what `toString` writes: `2:4@64x32x9`, `block:4x1@1x64x288`, `slices@64*x32x9`.
    ///
    /// @throws IllegalArgumentException if it is something else
    static SparsityPattern parse(String text) {
        Matcher match = WRITTEN.matcher(text);
        if (!match.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a pattern");
        }
        String axes = match.group(5);
        if (match.group(1) != null) {
            return new NofM(Integer.parseInt(match.group(1)), Integer.parseInt(match.group(2)), Grid.parse(axes));
        }
        return match.group(3) != null
                ? new Block(
                        Integer.parseInt(match.group(3)),
                        Integer.parseInt(match.group(4)),
                        Pooling.AVERAGE,
                        Grid.parse(axes))
                : Slices.parse(axes);
    }

    /// What `toString` writes.
    Pattern WRITTEN = Pattern.compile("(?:(\\d{1,9}):(\\d{1,9})|block:(\\d{1,9})x(\\d{1,9})|slices)@(.*)");
}
