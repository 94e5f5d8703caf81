/// How sparse a model is to be at each step of a gradual pruning, and the same said in the words of other tools.
@NullMarked
package dev.espalier.pruning.schedule;

import org.jspecify.annotations.NullMarked;
