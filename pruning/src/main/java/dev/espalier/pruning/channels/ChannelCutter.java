package dev.espalier.pruning.channels;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.GraphPatch;
import dev.espalier.onnx.Model;
import dev.espalier.onnx.Use;
import dev.espalier.onnx.Value;
import dev.espalier.sparse.DenseTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Rewrites a model without the indices that go: slices every constant along every axis, lets the rules
/// correct attributes and operands, and corrects what is declared of sizes.
///
/// A constant that several nodes read, and that does not lose the same indices for all of them, is copied
/// first.
final class ChannelCutter {
    private final ChannelStructure structure;
    private final KeptIndices kept;
    private final GraphPatch patch = GraphPatch.labelled("remove channels");

    private ChannelCutter(ChannelStructure structure, KeptIndices kept) {
        this.structure = structure;
        this.kept = kept;
    }

    /// Changes the model that the structure was found in. The structure is of no use afterwards.
    static void cut(ChannelStructure structure, KeptIndices kept) {
        new ChannelCutter(structure, kept).cut();
    }

    private void cut() {
        Model model = structure.graph().model();
        Leftovers leftovers = Leftovers.before(model);
        sliceConstants();
        for (ChannelTensor tensor : structure.graph().tensors()) {
            if (!tensor.isStored() && kept.isCut(tensor)) {
                patch.redeclare(tensor.value(), sizes(tensor));
            }
        }
        ChannelCut cut = new ChannelCut(kept, patch);
        // Nodes need not be in order, and what is computed from sizes must be right before it is corrected.
        rewrite(cut, true);
        rewrite(cut, false);
        patch.apply();
        leftovers.remove(model);
    }

    private void rewrite(ChannelCut cut, boolean shapes) {
        for (ChannelOp op : structure.graph().ops()) {
            if (op.node().isOperator("Shape") == shapes && op.tensors().anyMatch(kept::isCut)) {
                ChannelRules.of(op.node()).ifPresent(rule -> rule.rewrite(op, cut));
            }
        }
    }

    private Map<Integer, Long> sizes(ChannelTensor tensor) {
        Map<Integer, Long> sizes = new LinkedHashMap<>();
        for (int axis = 0; axis < tensor.rank(); axis++) {
            if (kept.isCut(tensor.axis(axis))) {
                sizes.put(axis, kept.count(tensor.axis(axis)));
            }
        }
        return sizes;
    }

    private void sliceConstants() {
        Map<Value, List<ChannelTensor>> reads = new LinkedHashMap<>();
        for (ChannelTensor tensor : structure.graph().tensors()) {
            if (tensor.isStored() && !isHandedOn(tensor)) {
                reads.computeIfAbsent(tensor.source(), s -> new ArrayList<>()).add(tensor);
            }
        }
        reads.forEach(this::sliceConstant);
    }

    /// An Identity that hands a constant on reads nothing of it itself.
    private static boolean isHandedOn(ChannelTensor tensor) {
        Use use = tensor.use().orElseThrow();
        return use.node().isOperator("Identity")
                && use.node().output(0).filter(out -> !out.isOutput()).isPresent();
    }

    private void sliceConstant(Value source, List<ChannelTensor> reads) {
        if (reads.stream().noneMatch(kept::isCut)) {
            return;
        }
        Constant constant = source.constant().orElseThrow();
        Map<String, Value> copies = new HashMap<>();
        String first = key(reads.getFirst());
        boolean isAlike = reads.stream().allMatch(read -> key(read).equals(first)) && !source.isOutput();
        if (isAlike) {
            patch.resizeConstant(source, slice(constant, reads.getFirst()));
            reads.stream()
                    .filter(read -> read.value() != source)
                    .forEach(read -> patch.redeclare(read.value(), sizes(read)));
            return;
        }
        for (ChannelTensor read : reads) {
            if (kept.isCut(read)) {
                Use use = read.use().orElseThrow();
                Value copy = copies.computeIfAbsent(
                        key(read),
                        k -> patch.addInitializer(use.node().graph(), source.name() + "_cut", slice(constant, read)));
                patch.setInput(use.node(), use.index(), copy);
            }
        }
    }

    /// What a read keeps, and where a copy for it would be.
    private String key(ChannelTensor read) {
        StringBuilder key =
                new StringBuilder(read.use().orElseThrow().node().graph().path());
        for (int axis = 0; axis < read.rank(); axis++) {
            key.append(kept.groupsOf(read.axis(axis)))
                    .append(kept.isCut(read.axis(axis)) ? Arrays.toString(kept.of(read.axis(axis))) : "all");
        }
        return key.toString();
    }

    private Constant slice(Constant constant, ChannelTensor read) {
        int[] @Nullable [] indices = new int[read.rank()][];
        int groupedAxis = -1;
        int groups = 1;
        for (int axis = 0; axis < read.rank(); axis++) {
            if (kept.isCut(read.axis(axis))) {
                indices[axis] = kept.of(read.axis(axis));
            }
            if (kept.groupsOf(read.axis(axis)) > 1) {
                groupedAxis = axis;
                groups = kept.groupsOf(read.axis(axis));
            }
        }
        DenseTensor dense = constant.decode();
        return constant.withElements(
                groupedAxis < 0
                        ? Slicer.slice(dense, indices)
                        : Slicer.sliceGroups(dense, indices, groupedAxis, groups));
    }
}
