/// How many of each layer's weights go, when a sparsity is asked of several layers: the published ways to divide
/// it. Knows scores and shapes, and no model.
@NullMarked
package dev.espalier.pruning.scope;

import org.jspecify.annotations.NullMarked;
