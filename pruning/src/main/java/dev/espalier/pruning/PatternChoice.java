package dev.espalier.pruning;

import dev.espalier.sparse.Block;
import dev.espalier.sparse.NofM;
import dev.espalier.sparse.Pooling;
import dev.espalier.sparse.Slices;
import dev.espalier.sparse.SparsityPattern;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A pattern that zeros are asked to follow, whatever the weight. [#on] binds it to one.
public sealed interface PatternChoice {
    /// The pattern on a weight, or why the weight cannot follow it.
    ///
    /// @param pattern the pattern; none if it cannot
    /// @param note a clause: what of the weight does not follow it, or why none of it can; empty if all does
    record Bound(Optional<SparsityPattern> pattern, String note) {
        static Bound of(SparsityPattern pattern, String note) {
            return new Bound(Optional.of(pattern), note);
        }

        static Bound refused(String reason) {
            return new Bound(Optional.empty(), reason);
        }
    }

    /// Binds it to a weight.
    Bound on(Weight weight);

    /// The sparsity that follows from it; none if it goes with any.
    Optional<Sparsity> sparsity();

    /// What it is a part of the way to where it leads. Where it has a sparsity of its own, fewer zeros.
    default PatternChoice partly(Sparsity share) {
        if (!(this instanceof KeepOf(int keep, int group))) {
            return this;
        }
        int zeros = share.share()
                .multiply(BigDecimal.valueOf((long) group - keep))
                .setScale(0, RoundingMode.FLOOR)
                .intValueExact();
        return zeros == 0 ? new Unstructured() : new KeepOf(group - zeros, group);
    }

    /// Any elements.
    record Unstructured() implements PatternChoice {
        @Override
        public Bound on(Weight weight) {
            return Bound.of(new dev.espalier.sparse.Unstructured(), "");
        }

        @Override
        public Optional<Sparsity> sparsity() {
            return Optional.empty();
        }

        @Override
        public String toString() {
            return "unstructured";
        }
    }

    /// Of every `group` weights along the inputs of the operator, `keep` stay.
    record KeepOf(int keep, int group) implements PatternChoice {
        private static final int LARGEST_GROUP = 4096;
        private static final int DIGITS = 40;

        public KeepOf {
            if (keep < 1 || keep >= group || group > LARGEST_GROUP) {
                throw new IllegalArgumentException("KEEP:GROUP keeps KEEP of every GROUP weights, from 1 to GROUP - 1, "
                        + "of at most " + LARGEST_GROUP + "; not " + keep + ":" + group);
            }
        }

        @Override
        public Bound on(Weight weight) {
            return WeightLayout.of(weight).map(this::on, Bound::refused);
        }

        private Bound on(WeightLayout layout) {
            long inputs = layout.inputs().rows();
            if (inputs < group) {
                return Bound.refused("it sums over " + inputs + ", fewer than a group of " + group);
            }
            NofM pattern = new NofM(keep, group, layout.inputs());
            return Bound.of(
                    pattern,
                    pattern.tail() == 0 ? "" : "the last " + pattern.tail() + " of every " + inputs + " are all kept");
        }

        @Override
        public Optional<Sparsity> sparsity() {
            return Optional.of(new Sparsity(BigDecimal.valueOf(group - keep)
                    .divide(BigDecimal.valueOf(group), DIGITS, RoundingMode.HALF_EVEN)));
        }

        /// NVIDIA's order: what stays, of how many.
        @Override
        public String toString() {
            return keep + ":" + group;
        }
    }

    /// Blocks of `rows` outputs and `columns` inputs.
    record Blocks(int rows, int columns, Pooling pooling) implements PatternChoice {
        public Blocks {
            if (rows < 1 || columns < 1) {
                throw new IllegalArgumentException("a block has at least one row and one column");
            }
        }

        @Override
        public Bound on(Weight weight) {
            return WeightLayout.of(weight).map(this::on, Bound::refused);
        }

        private Bound on(WeightLayout layout) {
            if (layout.matrix().isEmpty()) {
                return Bound.refused("its axes are not stored in the order of a matrix");
            }
            int height = layout.inputsFirst() ? columns : rows;
            int width = layout.inputsFirst() ? rows : columns;
            Block pattern = new Block(height, width, pooling, layout.matrix().get());
            long down = pattern.grid().rows();
            long across = pattern.grid().columns();
            if (down < height || across < width) {
                long outputs = layout.inputsFirst() ? across : down;
                long inputs = layout.inputsFirst() ? down : across;
                return Bound.refused("its " + outputs + "x" + inputs + " are smaller than a block");
            }
            if (pattern.unitCount() > Integer.MAX_VALUE) {
                return Bound.refused("it has %,d blocks, more than can be ranked".formatted(pattern.unitCount()));
            }
            boolean isWhole = down % height == 0 && across % width == 0;
            return Bound.of(pattern, isWhole ? "" : "blocks at its edges are smaller");
        }

        @Override
        public Optional<Sparsity> sparsity() {
            return Optional.empty();
        }

        @Override
        public String toString() {
            return "block:" + rows + "x" + columns + (pooling == Pooling.MAXIMUM ? ":max" : "");
        }
    }

    /// Slices along an axis.
    ///
    /// @param along what each of them is
    /// @param pooling the norm by which they are judged: of L1, L2, MAXIMUM
    record SlicesAlong(SliceAxis along, Pooling pooling) implements PatternChoice {
        @Override
        public Bound on(Weight weight) {
            return along.of(weight).map(axes -> on(new Slices(pooling, axes)), Bound::refused);
        }

        private static Bound on(Slices pattern) {
            return pattern.unitCount() > Integer.MAX_VALUE
                    ? Bound.refused("it has %,d slices, more than can be ranked".formatted(pattern.unitCount()))
                    : Bound.of(pattern, "");
        }

        @Override
        public Optional<Sparsity> sparsity() {
            return Optional.empty();
        }

        @Override
        public String toString() {
            String norm = switch (pooling) {
                case L1 -> ":l1";
                case MAXIMUM -> ":max";
                case L2, AVERAGE -> "";
            };
            return "slices:" + along + norm;
        }
    }

    /// What `--pattern` takes, for help and messages.
    String FORMS = "unstructured, KEEP:GROUP (as 2:4), block:RxC, block:RxC:max, slices:AXIS, slices:AXIS:l1, "
            + "slices:AXIS:max (AXIS: outputs, inputs, kernels, or its number)";

    /// Reads the value of `--pattern`.
    ///
    /// @throws IllegalArgumentException if it is none
    static PatternChoice parse(String text) {
        if (text.equals("unstructured")) {
            return new Unstructured();
        }
        Matcher keepOf = Pattern.compile("(\\d{1,9}):(\\d{1,9})").matcher(text);
        if (keepOf.matches()) {
            return new KeepOf(Integer.parseInt(keepOf.group(1)), Integer.parseInt(keepOf.group(2)));
        }
        Matcher blocks =
                Pattern.compile("block:(\\d{1,9})x(\\d{1,9})(:max|:avg)?").matcher(text);
        if (blocks.matches()) {
            boolean isMaximum = ":max".equals(blocks.group(3));
            return new Blocks(
                    Integer.parseInt(blocks.group(1)),
                    Integer.parseInt(blocks.group(2)),
                    isMaximum ? Pooling.MAXIMUM : Pooling.AVERAGE);
        }
        Matcher slices = Pattern.compile("slices:(outputs|inputs|kernels|-?\\d{1,3})(:l1|:l2|:max)?")
                .matcher(text);
        if (slices.matches()) {
            Pooling norm = switch (slices.group(2)) {
                case ":l1" -> Pooling.L1;
                case ":max" -> Pooling.MAXIMUM;
                case null, default -> Pooling.L2;
            };
            return new SlicesAlong(SliceAxis.parse(slices.group(1)), norm);
        }
        throw new IllegalArgumentException("'" + text + "' is not a pattern: there are " + FORMS);
    }
}
