package dev.espalier.pruning;

import dev.espalier.onnx.Value;
import dev.espalier.sparse.Mask;
import dev.espalier.sparse.Shape;
import dev.espalier.sparse.SparsityPattern;
import java.util.List;
import java.util.Optional;

/// The zeros follow the patterns that the manifest promises, as the stored bytes have them.
final class PatternCheck implements SparsityCheck {
    @Override
    public String name() {
        return "patterns";
    }

    @Override
    public CheckResult check(Evidence evidence) {
        List<Manifest.Entry> promised = evidence.manifest().map(Manifest::tensors).orElse(List.of()).stream()
                .filter(entry -> entry.pattern() != null)
                .toList();
        if (promised.isEmpty()) {
            return new CheckResult.NotAsked();
        }
        List<Finding> findings = promised.parallelStream()
                .flatMap(entry -> check(entry, evidence).stream())
                .toList();
        return CheckResult.of(findings, promised.size() + " tensors follow theirs");
    }

    private static Optional<Finding> check(Manifest.Entry entry, Evidence evidence) {
        Value value = evidence.constant(entry.name()).orElse(null);
        if (value == null) {
            return Optional.of(
                    new Finding(Finding.Kind.TENSOR_MISSING, entry.name(), "no constant of this name is in the file"));
        }
        SparsityPattern pattern = entry.followed().orElseThrow();
        Shape shape = evidence.layout(value).shape();
        if (!pattern.fits(shape)) {
            return Optional.of(new Finding(
                    Finding.Kind.TENSOR_CHANGED, entry.name(), "it is " + shape + ", promised was " + pattern));
        }
        Mask nonZeros = evidence.nonZeros(value);
        SparsityPattern.Violations found = pattern.violations(nonZeros);
        return found.count() <= entry.exceptions()
                ? Optional.empty()
                : Optional.of(new Finding(
                        Finding.Kind.PATTERN_BROKEN,
                        entry.name(),
                        "%,d groups do not follow %s, promised were %,d, the first at %s"
                                .formatted(
                                        found.count(), pattern, entry.exceptions(), shape.positionOf(found.first()))));
    }
}
