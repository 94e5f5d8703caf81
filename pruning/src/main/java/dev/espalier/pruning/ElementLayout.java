package dev.espalier.pruning;

import dev.espalier.onnx.Constant;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.lang.foreign.MemorySegment;

/// Where the elements of a weight are in the bytes of its constant.
///
/// @param type of the elements
/// @param shape of the weight
/// @param stride elements from one row to the next, of which those after the last of a row only fill it up
record ElementLayout(ElementType type, Shape shape, long stride) {
    /// One element of the weight for each of the constant.
    static ElementLayout of(Constant constant) {
        Shape shape = constant.shape();
        return new ElementLayout(constant.type(), shape, shape.rank() == 0 ? 1 : shape.dim(-1));
    }

    private boolean isFilledUp() {
        return shape.rank() > 0 && stride != shape.dim(-1);
    }

    /// The elements: a view of the same memory, if rows are not filled up.
    DenseTensor read(DenseTensor stored) {
        if (!isFilledUp()) {
            return stored.viewedAs(type, shape);
        }
        DenseTensor elements = DenseTensor.zeros(type, shape);
        DenseTensor rows = rows(stored.data());
        for (long row = 0; row < shape.dim(0); row++) {
            elements.copy(rows, row * stride, row * shape.dim(-1), shape.dim(-1));
        }
        return elements;
    }

    /// What is to be stored in place of a constant: it with other elements.
    DenseTensor write(DenseTensor elements, Constant constant) {
        if (!isFilledUp()) {
            return elements.viewedAs(constant.type(), constant.shape());
        }
        DenseTensor written = DenseTensor.zeros(constant.type(), constant.shape());
        written.data().copyFrom(constant.decode().data());
        DenseTensor rows = rows(written.data());
        for (long row = 0; row < shape.dim(0); row++) {
            rows.copy(elements, row * shape.dim(-1), row * stride, shape.dim(-1));
        }
        return written;
    }

    private DenseTensor rows(MemorySegment data) {
        return new DenseTensor(type, Shape.of(shape.dim(0), stride), data);
    }
}
