package dev.espalier.pruning;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Model;
import dev.espalier.onnx.Value;
import dev.espalier.sparse.Mask;
import java.util.ArrayList;
import java.util.List;

/// The zeros are those of another file: the one that came out of `prune`, before someone converted or trained it.
final class ReferenceCheck implements SparsityCheck {
    @Override
    public String name() {
        return "zeros of the other model";
    }

    @Override
    public CheckResult check(Evidence evidence) {
        if (evidence.reference().isEmpty()) {
            return new CheckResult.NotAsked();
        }
        Model reference = evidence.reference().get();
        List<Weight> weights = WeightSearch.in(reference).weights();
        List<Finding> findings = weights.parallelStream()
                .flatMap(weight -> check(weight, evidence).stream())
                .toList();
        return CheckResult.of(findings, weights.size() + " weights have the zeros that they have there");
    }

    private static List<Finding> check(Weight there, Evidence evidence) {
        Mask promised = there.nonZeros();
        if (promised.zeroCount() == 0) {
            return List.of();
        }
        String name = there.name();
        Value here = evidence.constant(name).orElse(null);
        if (here == null) {
            return List.of(new Finding(Finding.Kind.TENSOR_MISSING, name, "no constant of this name is in the file"));
        }
        Constant constant = here.constant().orElseThrow();
        Constant other = there.constant();
        ElementLayout layout = evidence.layout(here);
        if (layout.type() != there.type() || !layout.shape().equals(there.shape())) {
            return List.of(new Finding(
                    Finding.Kind.TENSOR_CHANGED,
                    name,
                    "it is " + layout.type() + " " + layout.shape() + ", there it is " + there.type() + " "
                            + there.shape()));
        }
        Mask found = evidence.nonZeros(here);
        List<Finding> findings = new ArrayList<>();
        long revived = promised.revivedIn(found);
        if (revived > 0) {
            String first = layout.shape().positionOf(promised.firstRevivedIn(found));
            findings.add(new Finding(
                    Finding.Kind.ZERO_REVIVED,
                    name,
                    "%,d of %,d zeros have a value, the first at %s".formatted(revived, promised.zeroCount(), first)));
        }
        long lost = found.revivedIn(promised);
        if (lost > 0) {
            String first = layout.shape().positionOf(found.firstRevivedIn(promised));
            findings.add(new Finding(
                    Finding.Kind.VALUE_LOST,
                    name,
                    "%,d values are zero here and not there, the first at %s".formatted(lost, first)));
        }
        if (other.isSparse() && !constant.isSparse()) {
            findings.add(new Finding(Finding.Kind.DENSIFIED, name, "there it is stored sparse, here every element is"));
        }
        return findings;
    }
}
