package dev.espalier.run.validate;

import dev.espalier.run.data.Batch;
import java.util.List;

/// What is known about one sample when it is scored.
///
/// @param batch the batch that it came in
/// @param place where in the batch
/// @param rows what the model computed for its rows: one, or two of a pair
/// @param reference what the original computed for them
record Sample(Batch batch, int place, List<RowOutput> rows, List<RowOutput> reference) {
    RowOutput output() {
        return rows.getFirst();
    }

    double[] label() {
        return batch.label(place);
    }

    int number() {
        return batch.sample(place);
    }
}
