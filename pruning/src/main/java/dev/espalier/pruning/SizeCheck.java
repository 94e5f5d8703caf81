package dev.espalier.pruning;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Value;
import java.util.ArrayList;
import java.util.List;

/// What is stored sparse takes no more of the file than was promised, and no more than it would dense: otherwise
/// pruning
/// has made the file larger.
final class SizeCheck implements SparsityCheck {
    /// Tools that write a file again give nodes names, write out defaults, and choose other fields: that is no loss.
    private static final long MOST_FRAMING = 4096;

    @Override
    public String name() {
        return "size";
    }

    @Override
    public CheckResult check(Evidence evidence) {
        long sparse = 0;
        long dense = 0;
        Value worst = null;
        long worstExcess = 0;
        for (Value value : evidence.constants()) {
            if (value.constant().filter(Constant::isSparse).isPresent()) {
                long excess = value.storedSize() - value.denseSize();
                sparse += value.storedSize();
                dense += value.denseSize();
                if (excess > worstExcess) {
                    worst = value;
                    worstExcess = excess;
                }
            }
        }
        List<Finding> findings = new ArrayList<>(largerThanPromised(evidence));
        if (worst != null && sparse > dense) {
            findings.add(new Finding(
                    Finding.Kind.LARGER_THAN_DENSE,
                    worst.path(),
                    "sparse tensors take %,d bytes, dense they would take %,d; this one has most of the excess, %,d bytes"
                            .formatted(sparse, dense, worstExcess)));
        }
        return CheckResult.of(
                findings,
                dense == 0
                        ? "nothing is stored sparse"
                        : "sparse tensors take %,d bytes, dense they would take %,d".formatted(sparse, dense));
    }

    /// What is no longer sparse is another check's to say.
    private static List<Finding> largerThanPromised(Evidence evidence) {
        List<Finding> findings = new ArrayList<>();
        List<Manifest.Entry> entries =
                evidence.manifest().map(Manifest::tensors).orElse(List.of());
        for (Manifest.Entry entry : entries) {
            long bytes = evidence.constant(entry.name())
                    .filter(value -> value.constant().filter(Constant::isSparse).isPresent())
                    .map(Value::storedSize)
                    .orElse(0L);
            if (bytes > entry.bytes() + MOST_FRAMING) {
                findings.add(new Finding(
                        Finding.Kind.LARGER_THAN_PROMISED,
                        entry.name(),
                        "it takes %,d bytes, promised were %,d".formatted(bytes, entry.bytes())));
            }
        }
        return findings;
    }
}
