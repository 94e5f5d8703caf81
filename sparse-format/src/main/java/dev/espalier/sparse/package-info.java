/// Tensors, masks and sparse encodings: what weights are and how few bytes they can take, with no notion of a file or
/// a graph. Depends on the JDK only.
@NullMarked
package dev.espalier.sparse;

import org.jspecify.annotations.NullMarked;
