package dev.espalier.pruning.channels;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// How much each class of indices matters: the mean, over every slice of a weight that would go with it, of
/// the slice's score divided by the mean score of all slices along the same axis. So a channel is judged by
/// what makes it and by what reads it, and large weights do not outvote small ones. NaN where the method
/// looks at no tensor of the class.
final class ChannelScores {
    private final ChannelStructure structure;

    private ChannelScores(ChannelStructure structure) {
        this.structure = structure;
    }

    static double[] of(ChannelStructure structure, ChannelMethod method, long seed) {
        return new ChannelScores(structure).score(method, seed);
    }

    private double[] score(ChannelMethod method, long seed) {
        Map<Integer, List<WeightSlices>> bySpace = new HashMap<>();
        for (ChannelTensor tensor : structure.graph().tensors()) {
            if (tensor.isStored()) {
                add(tensor, method, bySpace);
            }
        }
        Map<Integer, double[]> sums = new HashMap<>();
        bySpace.entrySet().parallelStream()
                .map(entry -> Map.entry(entry.getKey(), sum(entry.getValue(), method, seed)))
                .toList()
                .forEach(entry -> sums.put(entry.getKey(), entry.getValue()));
        double[] scores = new double[structure.partition().classCount()];
        for (int member = 0; member < scores.length; member++) {
            scores[member] = score(member, sums, bySpace, method);
        }
        return scores;
    }

    private void add(ChannelTensor tensor, ChannelMethod method, Map<Integer, List<WeightSlices>> bySpace) {
        for (int axis = 0; axis < tensor.rank(); axis++) {
            Axis each = tensor.axis(axis);
            int space = structure.partition().spaceOf(each.id());
            if (structure.partition().liveSize(space) > 1) {
                boolean isWeight = structure.graph().links().isWeight(each.id()) || isHandedToWeight(tensor);
                WeightSlices slices =
                        new WeightSlices(tensor, axis, structure.graph().links().groupsOf(each), isWeight);
                if (method.looksAt(slices)) {
                    bySpace.computeIfAbsent(space, s -> new ArrayList<>()).add(slices);
                }
            }
        }
    }

    /// Whether nodes without other inputs make a weight of it: dequantized, transposed.
    private boolean isHandedToWeight(ChannelTensor tensor) {
        return structure.graph().op(tensor.use().orElseThrow().node()).filter(op -> tensor.rank() > 1).stream()
                .flatMap(ChannelOp::outs)
                .anyMatch(ChannelTensor::isConstant);
    }

    private static double[] sum(List<WeightSlices> all, ChannelMethod method, long seed) {
        double[] sum = new double[all.getFirst().count()];
        for (WeightSlices slices : all) {
            double[] scores = method.score(slices, seed);
            double mean = Arrays.stream(scores).average().orElse(0);
            for (int i = 0; i < sum.length; i++) {
                sum[i] += mean == 0 ? 0 : scores[i] / mean;
            }
        }
        return sum;
    }

    private double score(
            int member, Map<Integer, double[]> sums, Map<Integer, List<WeightSlices>> bySpace, ChannelMethod method) {
        double sum = 0;
        int count = 0;
        int[] spaces = structure.spacesOf(member);
        int[] indices = structure.indicesOf(member);
        for (int i = 0; i < spaces.length; i++) {
            double[] ofSpace = sums.get(spaces[i]);
            if (ofSpace != null) {
                sum += ofSpace[indices[i]];
                count += bySpace.getOrDefault(spaces[i], List.of()).size();
            }
        }
        return count == 0 ? method.ofNothing() : sum / count;
    }
}
