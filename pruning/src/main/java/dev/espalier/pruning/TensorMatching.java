package dev.espalier.pruning;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Which tensors of two models are the same: those of the same name; of the rest those of the same shape that a node of
/// the same operator and name reads; of the rest those of the same shape, layers with layers, in the order of the
/// file, if both models have equally many of them. What cannot be told apart is not matched.
final class TensorMatching {
    private final Map<ComparedTensor, ComparedTensor> afterOf = new HashMap<>();
    private List<ComparedTensor> before;
    private List<ComparedTensor> after;

    private TensorMatching(List<ComparedTensor> before, List<ComparedTensor> after) {
        this.before = before;
        this.after = after;
    }

    /// The tensors of the first model, each with that of the second, in order.
    ///
    /// @param added gets those of the second that no other matches
    static Map<ComparedTensor, Optional<ComparedTensor>> of(
            List<ComparedTensor> before, List<ComparedTensor> after, List<ComparedTensor> added) {
        TensorMatching matching = new TensorMatching(before, after);
        matching.pair(ComparedTensor::name);
        matching.pair(
                tensor -> tensor.place().isEmpty() ? "\0" + tensor.name() : tensor.place() + " " + tensor.shape());
        matching.pair(tensor -> (tensor.isLayer() ? "layer" : tensor.kind()) + " " + tensor.shape());
        added.addAll(matching.after);
        Map<ComparedTensor, Optional<ComparedTensor>> pairs = new LinkedHashMap<>();
        before.forEach(tensor -> pairs.put(tensor, Optional.ofNullable(matching.afterOf.get(tensor))));
        return pairs;
    }

    /// Pairs those that share a key which both sides have equally often, and takes them out of what is left.
    private void pair(Function<ComparedTensor, String> key) {
        Map<String, List<ComparedTensor>> candidates =
                after.stream().collect(Collectors.groupingBy(key, LinkedHashMap::new, Collectors.toList()));
        Map<String, List<ComparedTensor>> wanted =
                before.stream().collect(Collectors.groupingBy(key, LinkedHashMap::new, Collectors.toList()));
        Set<ComparedTensor> taken = new HashSet<>();
        wanted.forEach((shared, old) -> {
            List<ComparedTensor> now = candidates.getOrDefault(shared, List.of());
            for (int i = 0; now.size() == old.size() && i < now.size(); i++) {
                afterOf.put(old.get(i), now.get(i));
                taken.add(now.get(i));
            }
        });
        before = before.stream().filter(t -> !afterOf.containsKey(t)).toList();
        after = after.stream().filter(t -> !taken.contains(t)).toList();
    }
}
