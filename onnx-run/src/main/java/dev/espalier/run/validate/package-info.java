/// What pruning cost: both models on the same data, one probe per question, each with its answer.
@NullMarked
package dev.espalier.run.validate;

import org.jspecify.annotations.NullMarked;
