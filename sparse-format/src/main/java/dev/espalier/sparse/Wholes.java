package dev.espalier.sparse;

/// What patterns have in common whose elements belong to units that stay or become zero as wholes.
final class Wholes {
    /// A multiple of 64, so that a block is whole words of a mask.
    private static final int BLOCK = 4096;

    /// Which unit each element of a tensor belongs to.
    interface Division {
        /// Number of units.
        long unitCount();

        /// Number of elements of a unit.
        long sizeOf(long unit);

        /// Position of the first element of a unit, counted row-major.
        long firstOf(long unit);

        /// Writes the units of `count` elements from element `from` on into `out`.
        void read(long from, int count, long[] out);
    }

    private interface Stretch {
        void visit(long from, int count, long[] units);
    }

    private Wholes() {}

    private static void forEachStretch(Division division, long elements, Stretch stretch) {
        long[] units = new long[BLOCK];
        for (long from = 0; from < elements; from += BLOCK) {
            int count = (int) Math.min(BLOCK, elements - from);
            division.read(from, count, units);
            stretch.visit(from, count, units);
        }
    }

    /// The scores of the units. Elements are added in the order of the tensor.
    static Scores pool(Division division, Pooling pooling, Scores elements) {
        double[] pooled = new double[Math.toIntExact(division.unitCount())];
        long[] scores = new long[BLOCK];
        long never = Scores.never(elements.bits());
        forEachStretch(division, elements.count(), (from, count, units) -> {
            elements.read(from, count, scores);
            for (int i = 0; i < count; i++) {
                double score = scores[i] >= never ? Double.NaN : Scores.real(scores[i], elements.bits());
                pooled[(int) units[i]] = pooling.add(pooled[(int) units[i]], score);
            }
        });
        long[] result = new long[pooled.length];
        for (int unit = 0; unit < result.length; unit++) {
            long size = pooling == Pooling.AVERAGE ? division.sizeOf(unit) : 1;
            result[unit] = pooling.score(pooled[unit], size);
        }
        return new UnitScores(result);
    }

    /// The elements of the units that stay, but for those that are zero already.
    static Mask select(Division division, Shape shape, Scores elements, Scores units, Cut cut) {
        Mask kept = Mask.ofKept(Shape.of(units.count()), units, cut.withAllZeros());
        MaskBuilder mask = new MaskBuilder(shape);
        long[] scores = new long[BLOCK];
        forEachStretch(division, shape.elementCount(), (from, count, unit) -> {
            elements.read(from, count, scores);
            for (int i = 0; i < count; i++) {
                scores[i] = kept.isKept(unit[i]) ? scores[i] : 0;
            }
            mask.keepNonZero(from, count, scores);
        });
        return mask.build();
    }

    /// Units with zeros and other elements.
    static SparsityPattern.Violations violations(Division division, Mask nonZeros) {
        if (nonZeros.shape().elementCount() == 0) {
            return SparsityPattern.Violations.NONE;
        }
        MaskBuilder withZeros = new MaskBuilder(Shape.of(division.unitCount()));
        MaskBuilder withOthers = new MaskBuilder(Shape.of(division.unitCount()));
        forEachStretch(division, nonZeros.shape().elementCount(), (from, count, units) -> {
            for (int i = 0; i < count; i++) {
                (nonZeros.isKept(from + i) ? withOthers : withZeros).keep(units[i]);
            }
        });
        long count = 0;
        long first = -1;
        Mask mixed = withZeros.build();
        for (long unit = mixed.nextKept(0); unit >= 0; unit = mixed.nextKept(unit + 1)) {
            if (withOthers.isKept(unit)) {
                first = count++ == 0 ? division.firstOf(unit) : first;
            }
        }
        return new SparsityPattern.Violations(count, first);
    }

    /// All elements of the units that have ones.
    static Mask cover(Division division, Mask nonZeros) {
        if (nonZeros.shape().elementCount() == 0) {
            return nonZeros;
        }
        MaskBuilder kept = new MaskBuilder(Shape.of(division.unitCount()));
        forEachStretch(division, nonZeros.shape().elementCount(), (from, count, units) -> {
            for (int i = 0; i < count; i++) {
                if (nonZeros.isKept(from + i)) {
                    kept.keep(units[i]);
                }
            }
        });
        MaskBuilder mask = new MaskBuilder(nonZeros.shape());
        forEachStretch(division, nonZeros.shape().elementCount(), (from, count, units) -> {
            for (int i = 0; i < count; i++) {
                units[i] = kept.isKept(units[i]) ? 1 : 0;
            }
            mask.keepNonZero(from, count, units);
        });
        return mask.build();
    }

    private static final class UnitScores implements Scores {
        private final long[] scores;

        UnitScores(long[] scores) {
            this.scores = scores;
        }

        @Override
        public int bits() {
            return Long.SIZE - 1;
        }

        @Override
        public long count() {
            return scores.length;
        }

        @Override
        public void read(long from, int count, long[] out) {
            System.arraycopy(scores, (int) from, out, 0, count);
        }
    }
}
