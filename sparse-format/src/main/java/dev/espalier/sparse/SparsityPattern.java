package dev.espalier.sparse;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Which elements of a tensor may be zero together, bound to the way in which the tensor lies: what selects zeros
/// that follow the pattern, and what finds where they do not.
public sealed interface SparsityPattern permits Unstructured, NofM, Block {
    /// Where zeros do not follow a pattern.
    ///
    /// @param count groups that do not
    /// @param first position of the first element of the first one, counted row-major; -1 if there is none
    record Violations(long count, long first) {
        /// There is none.
        static final Violations NONE = new Violations(0, -1);
    }

    /// Scores of what is chosen among, by the scores of the elements: the elements themselves, or blocks of them.
    /// There are none where the pattern itself says how many elements stay.
    Scores units(Scores elements);

    /// How many units there are in a tensor of this shape; 0 where the pattern itself says how many elements stay.
    long unitCount(Shape shape);

    /// How many elements a unit has; fewer at edges.
    long unitSize();

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
    default boolean fits(Shape shape) {
        return switch (this) {
            case Unstructured unstructured -> true;
            case NofM nOfM -> nOfM.grid().elementCount() == shape.elementCount();
            case Block block -> block.grid().elementCount() == shape.elementCount();
        };
    }

    /// Reads what `toString` writes: `2:4@64x32x9`, `block:4x1@1x64x288`.
    ///
    /// @throws IllegalArgumentException if it is something else
    static SparsityPattern parse(String text) {
        Matcher match = WRITTEN.matcher(text);
        if (!match.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a pattern");
        }
        Grid grid = Grid.parse(match.group(6));
        return match.group(1) != null
                ? new NofM(Integer.parseInt(match.group(2)), Integer.parseInt(match.group(3)), grid)
                : new Block(
                        Integer.parseInt(match.group(4)),
                        Integer.parseInt(match.group(5)),
                        Block.Pooling.AVERAGE,
                        grid);
    }

    /// What `toString` writes.
    Pattern WRITTEN = Pattern.compile("(?:((\\d{1,9}):(\\d{1,9}))|block:(\\d{1,9})x(\\d{1,9}))@(.*)");
}
