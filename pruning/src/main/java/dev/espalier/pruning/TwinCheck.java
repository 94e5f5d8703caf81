package dev.espalier.pruning;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Value;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.Mask;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// No unpruned original, and no dense copy, of a tensor with promised zeros is left in the file for nothing: one that
/// nothing reads, and that has the values of the pruned tensor wherever that is not zero. Careless pruners leave them,
/// and the file grows for having been pruned.
final class TwinCheck implements SparsityCheck {
    /// So few values may agree by accident.
    private static final int FEWEST_VALUES = 8;

    @Override
    public String name() {
        return "no twins";
    }

    @Override
    public CheckResult check(Evidence evidence) {
        List<Value> unread = new ArrayList<>();
        List<Value> pruned = new ArrayList<>();
        for (Value value : evidence.constants()) {
            Constant constant = value.constant().orElseThrow();
            boolean isComparable =
                    constant.type().isCountable() && constant.defects().isEmpty();
            if (isComparable && value.uses().isEmpty() && !value.isOutput() && !value.isInput()) {
                unread.add(value);
            } else if (isComparable) {
                pruned.add(value);
            }
        }
        List<Finding> findings = unread.parallelStream()
                .flatMap(value -> check(value, pruned, evidence).stream())
                .toList();
        return CheckResult.of(findings, "nothing that is not read is a copy of a weight");
    }

    private static Optional<Finding> check(Value unread, List<Value> others, Evidence evidence) {
        Constant copy = unread.constant().orElseThrow();
        return others.stream()
                .filter(other -> isLike(copy, other.constant().orElseThrow()) && isTwin(copy, other, evidence))
                .findFirst()
                .map(other -> new Finding(
                        Finding.Kind.TWIN_LEFT,
                        unread.path(),
                        "nothing reads it, it takes %,d bytes, and it has the values of '%s'"
                                .formatted(unread.storedSize(), other.path())));
    }

    private static boolean isLike(Constant a, Constant b) {
        return a.type() == b.type() && a.shape().equals(b.shape());
    }

    private static boolean isTwin(Constant copy, Value pruned, Evidence evidence) {
        ElementLayout layout = evidence.layout(pruned);
        DenseTensor mine = layout.read(copy.decode());
        DenseTensor theirs = layout.read(pruned.constant().orElseThrow().decode());
        Mask nonZeros = evidence.nonZeros(pruned);
        long values = 0;
        for (long i = nonZeros.nextKept(0); i >= 0; i = nonZeros.nextKept(i + 1)) {
            if (mine.bitsAt(i) != theirs.bitsAt(i)) {
                return false;
            }
            values++;
        }
        return values >= FEWEST_VALUES;
    }
}
