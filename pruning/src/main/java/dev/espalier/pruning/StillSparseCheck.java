package dev.espalier.pruning;

import dev.espalier.sparse.SparseEncodings;
import java.util.List;
import java.util.Optional;

/// What the manifest says is stored sparse still is: tools make it dense without a word.
final class StillSparseCheck implements SparsityCheck {
    @Override
    public String name() {
        return "stored sparse";
    }

    @Override
    public CheckResult check(Evidence evidence) {
        if (evidence.manifest().isEmpty()) {
            return new CheckResult.NotAsked();
        }
        List<Manifest.Entry> promised = evidence.manifest().get().tensors().stream()
                .filter(entry -> !entry.encoding().equals(SparseEncodings.DENSE.name()))
                .toList();
        List<Finding> findings = promised.stream()
                .flatMap(entry -> check(entry, evidence).stream())
                .toList();
        long present = promised.stream()
                .filter(entry -> evidence.constant(entry.name()).isPresent())
                .count();
        return CheckResult.of(
                findings,
                promised.isEmpty()
                        ? "none is promised to be"
                        : present < promised.size()
                                ? "of %d tensors %d are there, and are".formatted(promised.size(), present)
                                : present + " tensors are stored in the encoding that was chosen");
    }

    private static Optional<Finding> check(Manifest.Entry entry, Evidence evidence) {
        return evidence.constant(entry.name())
                .flatMap(value -> value.constant())
                .filter(constant -> !constant.isSparse())
                .map(constant -> new Finding(
                        Finding.Kind.DENSIFIED,
                        entry.name(),
                        "it was stored as " + entry.encoding() + ", now every element is (" + constant.storage()
                                + ")"));
    }
}
