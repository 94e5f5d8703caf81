/// Pruning with samples: observes the layers of a model as it runs, and prunes each by what it computes.
@NullMarked
package dev.espalier.run.calibrate;

import org.jspecify.annotations.NullMarked;
