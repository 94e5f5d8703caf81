package dev.espalier.pruning;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Value;
import dev.espalier.sparse.Mask;
import dev.espalier.sparse.Shape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Follows the tensors of a pruned model into what another tool made of the file: by name, and where that is gone, by
/// the zeros themselves, for tools rename what they fuse, scale, cast, transpose and lay out anew.
public final class Survival {
    /// More axes than this are not tried in every order.
    private static final int MOST_AXES = 4;

    /// What became of a tensor's zeros.
    public enum Fate {
        /// They are there, and the tensor is stored sparse.
        SPARSE,
        /// They are there, each stored.
        DENSE,
        /// Some have a value.
        REVIVED,
        /// No tensor has them.
        LOST
    }

    /// One tensor.
    ///
    /// @param name in the pruned model
    /// @param fate what became of it
    /// @param detail by what it was found, or how many zeros are not there; a clause
    public record Followed(String name, Fate fate, String detail) {}

    private record Candidate(Value value, Mask nonZeros) {
        Fate fate() {
            return value.constant().filter(Constant::isSparse).isPresent() ? Fate.SPARSE : Fate.DENSE;
        }
    }

    private final Map<String, Candidate> candidates = new LinkedHashMap<>();
    private final Set<String> taken = new HashSet<>();

    private Survival(Evidence after, Set<Long> keptCounts, Set<String> names) {
        for (Value value : after.constants()) {
            Constant constant = value.constant().orElseThrow();
            if (constant.type().isCountable() && constant.shape().rank() > 0) {
                Mask mask = after.nonZeros(value);
                if (names.contains(value.path()) || keptCounts.contains(mask.keptCount())) {
                    candidates.put(value.path(), new Candidate(value, mask));
                }
            }
        }
    }

    /// The tensors that are to be followed: those of the manifest, or all that are stored sparse.
    public static Map<String, Mask> promised(Evidence pruned) {
        Map<String, Mask> promised = new LinkedHashMap<>();
        if (pruned.manifest().isPresent()) {
            for (Manifest.Entry entry : pruned.manifest().get().tensors()) {
                pruned.constant(entry.name()).ifPresent(value -> promised.put(entry.name(), pruned.nonZeros(value)));
            }
        } else {
            for (Value value : pruned.constants()) {
                if (value.constant().filter(Constant::isSparse).isPresent()) {
                    promised.put(value.path(), pruned.nonZeros(value));
                }
            }
        }
        return promised;
    }

    /// Looks for each tensor.
    ///
    /// @param promised which elements are not zero, by tensor
    /// @param after what the tool wrote
    public static List<Followed> follow(Map<String, Mask> promised, Evidence after) {
        Set<Long> keptCounts = new HashSet<>();
        promised.values().forEach(mask -> keptCounts.add(mask.keptCount()));
        Survival survival = new Survival(after, keptCounts, promised.keySet());
        List<Followed> all = new ArrayList<>();
        // Those that kept their name first: what they are cannot be what another has become.
        Map<String, Followed> byName = new LinkedHashMap<>();
        promised.forEach((name, mask) -> survival.byName(name, mask).ifPresent(found -> byName.put(name, found)));
        promised.forEach((name, mask) ->
                all.add(Optional.ofNullable(byName.get(name)).orElseGet(() -> survival.byZeros(name, mask))));
        return all;
    }

    private Optional<Followed> byName(String name, Mask mask) {
        Candidate candidate = candidates.get(name);
        if (candidate == null || !candidate.nonZeros.shape().equals(mask.shape())) {
            return Optional.empty();
        }
        taken.add(name);
        long revived = mask.revivedIn(candidate.nonZeros);
        return Optional.of(
                revived == 0
                        ? new Followed(name, candidate.fate(), "under its name")
                        : new Followed(
                                name,
                                Fate.REVIVED,
                                "%,d of %,d zeros have a value".formatted(revived, mask.zeroCount())));
    }

    private Followed byZeros(String name, Mask mask) {
        Candidate laidOut = null;
        for (Candidate candidate : candidates.values()) {
            if (taken.contains(candidate.value.path()) || candidate.nonZeros.keptCount() != mask.keptCount()) {
                continue;
            }
            if (isSameButForOrder(mask, candidate.nonZeros)) {
                return found(name, candidate, "as '" + candidate.value.path() + "', zero for zero");
            }
            boolean isRoomy =
                    candidate.nonZeros.shape().elementCount() >= mask.shape().elementCount();
            laidOut = laidOut == null && isRoomy ? candidate : laidOut;
        }
        return laidOut == null
                ? new Followed(name, Fate.LOST, "no tensor has its zeros")
                : found(name, laidOut, "as '" + laidOut.value.path() + "', by the number of its values");
    }

    private Followed found(String name, Candidate candidate, String how) {
        taken.add(candidate.value.path());
        return new Followed(name, candidate.fate(), how);
    }

    /// Whether they are the same bits one after the other, the axes of the first perhaps in another order.
    private static boolean isSameButForOrder(Mask mask, Mask other) {
        if (mask.shape().elementCount() != other.shape().elementCount()) {
            return false;
        }
        return orders(mask.shape()).stream()
                .anyMatch(order -> mask.permuted(order).hasBitsOf(other));
    }

    private static List<List<Integer>> orders(Shape shape) {
        List<Integer> axes = new ArrayList<>();
        for (int axis = 0; axis < shape.rank(); axis++) {
            axes.add(axis);
        }
        if (shape.rank() > MOST_AXES) {
            return List.of(axes);
        }
        List<List<Integer>> orders = new ArrayList<>();
        addOrders(List.of(), axes, orders);
        return orders;
    }

    private static void addOrders(List<Integer> first, List<Integer> left, List<List<Integer>> orders) {
        if (left.isEmpty()) {
            orders.add(first);
        }
        for (Integer axis : left) {
            List<Integer> longer = new ArrayList<>(first);
            longer.add(axis);
            addOrders(longer, left.stream().filter(a -> !a.equals(axis)).toList(), orders);
        }
    }
}
