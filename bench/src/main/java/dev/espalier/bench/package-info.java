/// Benchmarks of the kernels, which say how long each takes as a multiple of copying the same memory.
@NullMarked
package dev.espalier.bench;

import org.jspecify.annotations.NullMarked;
