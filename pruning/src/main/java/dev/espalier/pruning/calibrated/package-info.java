/// Pruning a layer by what it computes: from second moments of its inputs and of the outputs it should have, which
/// weights stay and what they become.
@NullMarked
package dev.espalier.pruning.calibrated;

import org.jspecify.annotations.NullMarked;
