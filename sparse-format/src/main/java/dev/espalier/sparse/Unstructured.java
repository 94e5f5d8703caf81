package dev.espalier.sparse;

/// Any element may be zero.
public record Unstructured() implements SparsityPattern {
    @Override
    public Scores units(Scores elements) {
        return elements;
    }

    @Override
    public long unitOf(long element) {
        return element;
    }

    @Override
    public Mask select(Shape shape, Scores elements, Scores units, Cut cut) {
        // Zeros score 0, but a cut may leave some of them: they are zero all the same.
        return Mask.ofKept(shape, elements, cut.withAllZeros());
    }

    @Override
    public Violations violations(Mask nonZeros) {
        return Violations.NONE;
    }

    @Override
    public Mask cover(Mask nonZeros) {
        return nonZeros;
    }

    @Override
    public boolean fits(Shape shape) {
        return true;
    }

    @Override
    public String toString() {
        return "unstructured";
    }
}
