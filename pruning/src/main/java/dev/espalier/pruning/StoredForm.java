package dev.espalier.pruning;

import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.Encoded;
import dev.espalier.sparse.Mask;
import dev.espalier.sparse.SparseEncoding;
import java.util.Optional;

/// A form that a tensor may take. What it stores is looked for once.
///
/// @param stored the elements that it stores
record StoredForm(TensorContents contents, SparseEncoding encoding, Mask stored) {
    long size() {
        return encoding.encodedSize(contents.elements(), stored);
    }

    Optional<String> refusal() {
        return encoding.refusal(contents.elements(), stored, contents.quantization());
    }

    Encoded encode() {
        DenseTensor pruned = stored.equals(contents.nonZeros())
                ? contents.elements()
                : contents.nonZeros().applyTo(contents.elements(), contents.quantization());
        return encoding.encode(pruned, stored, contents.quantization());
    }
}
