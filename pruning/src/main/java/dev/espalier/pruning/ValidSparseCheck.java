package dev.espalier.pruning;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Value;
import java.util.ArrayList;
import java.util.List;

/// Every sparse tensor keeps the rules of the standard (onnx.checker's `check_sparse_tensor`), whoever wrote it, and
/// every packed one can be decoded.
final class ValidSparseCheck implements SparsityCheck {
    @Override
    public String name() {
        return "valid sparse tensors";
    }

    @Override
    public CheckResult check(Evidence evidence) {
        List<Finding> findings = new ArrayList<>();
        int count = 0;
        for (Value value : evidence.constants()) {
            Constant constant = value.constant().orElseThrow();
            if (constant.isSparse()) {
                count++;
                for (String defect : constant.defects()) {
                    findings.add(new Finding(Finding.Kind.INVALID_SPARSE, value.path(), defect));
                }
            }
        }
        return CheckResult.of(findings, count == 0 ? "there are none" : count + " are valid");
    }
}
