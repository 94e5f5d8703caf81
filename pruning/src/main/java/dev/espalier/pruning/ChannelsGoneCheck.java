package dev.espalier.pruning;

import dev.espalier.onnx.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Every channel that was removed is gone: the tensors have the shapes that they were left with.
final class ChannelsGoneCheck implements SparsityCheck {
    @Override
    public String name() {
        return "channels gone";
    }

    @Override
    public CheckResult check(Evidence evidence) {
        ChannelManifest manifest = evidence.channels().orElse(null);
        if (manifest == null) {
            return new CheckResult.NotAsked();
        }
        List<Finding> findings = new ArrayList<>();
        for (ChannelManifest.Entry entry : manifest.tensors()) {
            Value value = evidence.constant(entry.name()).orElse(null);
            if (value == null) {
                findings.add(new Finding(
                        Finding.Kind.TENSOR_MISSING, entry.name(), "no constant of this name is in the file"));
                continue;
            }
            List<Long> shape = Arrays.stream(
                            value.constant().orElseThrow().shape().dims())
                    .boxed()
                    .toList();
            if (!shape.equals(entry.shape())) {
                boolean isBack = shape.size() == entry.shape().size()
                        && shape.stream().mapToLong(i -> i).sum()
                                > entry.shape().stream().mapToLong(i -> i).sum();
                findings.add(new Finding(
                        isBack ? Finding.Kind.CHANNEL_REVIVED : Finding.Kind.TENSOR_CHANGED,
                        entry.name(),
                        "its shape is " + shape + ", it was left with " + entry.shape() + " of " + entry.before()));
            }
        }
        return CheckResult.of(findings, manifest.tensors().size() + " tensors are without the channels that went");
    }
}
