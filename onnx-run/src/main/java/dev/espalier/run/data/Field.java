package dev.espalier.run.data;

import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;

/// A named array of a data set, whose first axis counts the rows.
///
/// @param rows how many
/// @param type of the elements
/// @param row shape of one row
public record Field(String name, long rows, ElementType type, Shape row) {
    /// Bytes of one row.
    public long rowBytes() {
        return type.byteCount(row.elementCount());
    }

    /// `'input' u8[10000,3,32,32]`.
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("'" + name + "' " + type + "[" + rows);
        for (long dim : row.dims()) {
            text.append(',').append(dim);
        }
        return text.append(']').toString();
    }
}
