/// Everything that executes a model. The only package that sees ONNX Runtime.
@NullMarked
package dev.espalier.run;

import org.jspecify.annotations.NullMarked;
