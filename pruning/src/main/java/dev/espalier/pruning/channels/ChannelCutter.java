package dev.espalier.pruning.channels;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.GraphPatch;
import dev.espalier.onnx.Model;
import dev.espalier.onnx.Use;
import dev.espalier.onnx.Value;
import dev.espalier.pruning.ChannelManifest;
import dev.espalier.pruning.Manifest;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.Mask;
import dev.espalier.sparse.Quantization;
import dev.espalier.sparse.SparseEncodings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Rewrites a model without the indices that go: slices every constant along every axis, lets the rules
/// correct attributes and operands, and corrects what is declared of sizes.
///
/// A constant that several nodes read, and that does not lose the same indices for all of them, is copied
/// first.
final class ChannelCutter {
    private final ChannelStructure structure;
    private final KeptIndices kept;
    private final List<ChannelManifest.Entry> entries = new ArrayList<>();
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
        ChannelManifest.add(model, entries);
        Manifest.renew(model);
    }

    private void rewrite(ChannelCut cut, boolean shapes) {
        for (ChannelOp op : structure.graph().ops()) {
            if (op.node().isOperator("Shape") == shapes && op.tensors().anyMatch(kept::isCut)) {
                Shuffle shuffle = structure.graph().shuffle(op).orElse(null);
                if (shuffle == null) {
                    ChannelRules.of(op.node()).ifPresent(rule -> rule.rewrite(op, cut));
                } else if (shuffle.endsAt(op)) {
                    shuffle.rewrite(cut);
                }
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
            Constant cut = slice(constant, reads.getFirst());
            patch.resizeConstant(source, cut);
            entries.add(entry(source, reads.getFirst(), cut));
            reads.stream()
                    .filter(read -> read.value() != source)
                    .forEach(read -> patch.redeclare(read.value(), sizes(read)));
            return;
        }
        for (ChannelTensor read : reads) {
            if (kept.isCut(read)) {
                Use use = read.use().orElseThrow();
                Value copy = copies.computeIfAbsent(key(read), k -> copy(read, constant));
                patch.setInput(use.node(), use.index(), copy);
            }
        }
    }

    private Value copy(ChannelTensor read, Constant constant) {
        Constant cut = slice(constant, read);
        Value copy = patch.addInitializer(
                read.use().orElseThrow().node().graph(), read.source().name() + "_cut", cut);
        entries.add(entry(copy, read, cut));
        return copy;
    }

    private ChannelManifest.Entry entry(Value value, ChannelTensor read, Constant cut) {
        Map<Integer, List<Integer>> removed = new TreeMap<>();
        for (int axis = 0; axis < read.rank(); axis++) {
            if (kept.isCut(read.axis(axis))) {
                removed.put(axis, kept.removed(read.axis(axis)));
            }
        }
        Constant before = read.source().constant().orElseThrow();
        return new ChannelManifest.Entry(value.path(), read.source().path(), dims(before), dims(cut), removed);
    }

    private static List<Long> dims(Constant constant) {
        return Arrays.stream(constant.shape().dims()).boxed().toList();
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
        DenseTensor sliced = groupedAxis < 0
                ? Slicer.slice(dense, indices)
                : Slicer.sliceGroups(dense, indices, groupedAxis, groups);
        return stored(constant, sliced);
    }

    /// A part of a constant, stored as the whole was where that is possible.
    private static Constant stored(Constant whole, DenseTensor part) {
        if (!whole.isSparse() || !part.type().isFloat()) {
            return whole.withElements(part);
        }
        Mask nonZeros = Mask.ofBitsOtherThanZero(part, Quantization.NONE);
        return SparseEncodings.named(whole.storage())
                .filter(encoding ->
                        encoding.refusal(part, nonZeros, Quantization.NONE).isEmpty())
                .map(encoding -> Constant.of(encoding.encode(part, nonZeros, Quantization.NONE)))
                .orElseGet(() -> whole.withElements(part));
    }
}
