/// Which weights a model has, which of their elements go, in what form the rest is stored, and whether a file still is
/// what was promised. Sees neither protobuf nor a runtime.
@NullMarked
package dev.espalier.pruning;

import org.jspecify.annotations.NullMarked;
