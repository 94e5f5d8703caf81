/// Statistics for decisions: intervals, tests and sample sizes, each with the source of its formula. What a library has
/// is taken from it (Hipparchus).
@NullMarked
package dev.espalier.run.stats;

import org.jspecify.annotations.NullMarked;
