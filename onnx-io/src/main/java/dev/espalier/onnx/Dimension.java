package dev.espalier.onnx;

/// One dimension of a declared shape.
public sealed interface Dimension {
    /// A fixed size.
    record Known(long size) implements Dimension {
        @Override
        public String toString() {
            return Long.toString(size);
        }
    }

    /// A size that is the same wherever the name occurs.
    record Named(String name) implements Dimension {
        @Override
        public String toString() {
            return name;
        }
    }

    /// Any size.
    record Unknown() implements Dimension {
        @Override
        public String toString() {
            return "?";
        }
    }
}
