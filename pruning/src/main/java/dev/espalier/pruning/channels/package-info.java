/// Channel pruning: which indices of a graph's tensors live and die together, which of them go, and the graph
/// without them.
@NullMarked
package dev.espalier.pruning.channels;

import org.jspecify.annotations.NullMarked;
