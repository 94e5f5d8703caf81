/// What is to be pruned, as files say it: recipes, plans, maps of names.
@NullMarked
package dev.espalier.pruning.recipe;

import org.jspecify.annotations.NullMarked;
