package dev.espalier.pruning;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Value;
import dev.espalier.sparse.Mask;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Every zero that the manifest promises is there, and no other.
final class ManifestCheck implements SparsityCheck {
    @Override
    public String name() {
        return "promised zeros";
    }

    @Override
    public CheckResult check(Evidence evidence) {
        if (evidence.manifest().isEmpty()) {
            return new CheckResult.NotAsked();
        }
        List<Manifest.Entry> entries = evidence.manifest().get().tensors();
        List<Finding> findings = entries.parallelStream()
                .flatMap(entry -> check(entry, evidence).stream())
                .toList();
        long zeros = entries.stream().mapToLong(Manifest.Entry::zeros).sum();
        return CheckResult.of(findings, "%,d zeros in %d tensors are where they were".formatted(zeros, entries.size()));
    }

    private static Optional<Finding> check(Manifest.Entry entry, Evidence evidence) {
        Value value = evidence.constant(entry.name()).orElse(null);
        if (value == null) {
            return finding(
                    Finding.Kind.TENSOR_MISSING,
                    entry,
                    "no constant of this name is in the file" + whereabouts(entry, evidence));
        }
        ElementLayout now = evidence.layout(value);
        if (!entry.isOf(now) || !now.type().isCountable()) {
            return finding(
                    Finding.Kind.TENSOR_CHANGED,
                    entry,
                    "it is " + now.type() + " " + now.shape() + ", promised was " + entry.type() + " " + entry.shape());
        }
        Mask nonZeros = evidence.nonZeros(value);
        long zeros = nonZeros.zeroCount();
        if (zeros < entry.zeros()) {
            return finding(
                    Finding.Kind.ZERO_REVIVED,
                    entry,
                    "%,d of %,d promised zeros have a value".formatted(entry.zeros() - zeros, entry.zeros()));
        }
        if (zeros > entry.zeros()) {
            return finding(
                    Finding.Kind.VALUE_LOST,
                    entry,
                    "%,d zeros instead of the promised %,d".formatted(zeros, entry.zeros()));
        }
        return nonZeros.digest().equals(entry.digest())
                ? Optional.empty()
                : finding(
                        Finding.Kind.ZEROS_MOVED,
                        entry,
                        "%,d zeros, as promised, but not the same ones".formatted(zeros));
    }

    /// The constant that has its zeros, if a tool has renamed it: `, but 'x' has its zeros`.
    private static String whereabouts(Manifest.Entry entry, Evidence evidence) {
        for (Value value : evidence.constants()) {
            Constant constant = value.constant().orElseThrow();
            List<Long> shape = Arrays.stream(constant.shape().dims()).boxed().toList();
            boolean isLike =
                    constant.type().isCountable() && constant.defects().isEmpty() && shape.equals(entry.shape());
            if (isLike && evidence.nonZeros(value).digest().equals(entry.digest())) {
                return ", but '" + value.path() + "' has its zeros";
            }
        }
        return "";
    }

    private static Optional<Finding> finding(Finding.Kind kind, Manifest.Entry entry, String detail) {
        return Optional.of(new Finding(kind, entry.name(), detail));
    }
}
