package dev.espalier.pruning.calibrated;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Samples themselves, where their moments do not say enough; if they are many, a half, a quarter, ...
/// of them, drawn by lot.
final class KeptRows {
    private static final long MOST_BYTES = 128 << 20;

    private final List<SampleRows> portions = new ArrayList<>();
    private final SplittableRandom random = new SplittableRandom(0);
    private int halvings;
    private long bytes;

    void add(SampleRows more) {
        SampleRows few = more;
        for (int i = 0; i < halvings; i++) {
            few = few.halved(random);
        }
        if (few.rows() > 0) {
            portions.add(few);
            bytes += bytes(few);
        }
        while (bytes > MOST_BYTES) {
            halvings++;
            portions.replaceAll(rows -> rows.halved(random));
            portions.removeIf(rows -> rows.rows() == 0);
            bytes = portions.stream().mapToLong(KeptRows::bytes).sum();
        }
    }

    private static long bytes(SampleRows rows) {
        return 4L * (rows.x().length + rows.t().length + rows.floors().length);
    }

    List<SampleRows> portions() {
        return portions;
    }
}
