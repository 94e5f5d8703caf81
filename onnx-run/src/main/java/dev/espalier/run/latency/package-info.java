/// How long models take, and whether a difference is one.
@NullMarked
package dev.espalier.run.latency;

import org.jspecify.annotations.NullMarked;
