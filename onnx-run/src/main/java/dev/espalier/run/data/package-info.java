/// Data to run a model on: readers of the formats that such data comes in, and the feed that makes a model's inputs of
/// them, batch by batch.
@NullMarked
package dev.espalier.run.data;

import org.jspecify.annotations.NullMarked;
