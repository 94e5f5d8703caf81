package dev.espalier.pruning;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Value;
import java.util.List;

/// What is stored sparse takes no more of the file than it would dense: otherwise pruning has made the file larger.
final class SizeCheck implements SparsityCheck {
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
        if (worst == null || sparse <= dense) {
            return new CheckResult.Passed(
                    dense == 0
                            ? "nothing is stored sparse"
                            : "sparse tensors take %,d bytes, dense they would take %,d".formatted(sparse, dense));
        }
        return new CheckResult.Failed(List.of(new Finding(
                Finding.Kind.LARGER_THAN_DENSE,
                worst.path(),
                "sparse tensors take %,d bytes, dense they would take %,d; this one has most of the excess, %,d bytes"
                        .formatted(sparse, dense, worstExcess))));
    }
}
