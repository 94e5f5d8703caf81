/// ONNX files to and from an in-memory graph, and edits of that graph. The only package that sees protobuf; what it
/// does not understand it keeps, so that an unchanged model is written as it was read.
@NullMarked
package dev.espalier.onnx;

import org.jspecify.annotations.NullMarked;
