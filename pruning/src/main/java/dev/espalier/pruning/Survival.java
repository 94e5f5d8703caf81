package dev.espalier.pruning;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Value;
import dev.espalier.sparse.Mask;
import dev.espalier.sparse.Shape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;

/// Follows the tensors of a pruned model into what another tool made of the file: by name, and where that
/// is gone, by the zeros themselves, for tools rename what they fuse, scale, cast, transpose and lay out
/// anew.
public final class Survival {
    /// More axes than this are not tried in every order.
    private static final int MOST_AXES = 4;

    /// A match that comes about by accident in one of 2^40 cases is none.
    private static final double CERTAIN_BITS = 40;

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

    private final Map<String, Mask> promised;
    private final List<Survivor> survivors;
    private final Map<String, Followed> followed = new HashMap<>();
    private final Set<String> taken = new HashSet<>();
    private final Set<String> joined = new HashSet<>();

    private Survival(Map<String, Mask> promised, List<Survivor> survivors) {
        this.promised = promised;
        this.survivors = survivors;
    }

    /// The tensors that are to be followed, those with zeros: of the manifest, or all that are stored sparse.
    public static Map<String, Mask> promised(Evidence pruned) {
        Map<String, Mask> promised = new LinkedHashMap<>();
        if (pruned.manifest().isPresent()) {
            for (Manifest.Entry entry : pruned.manifest().get().tensors()) {
                pruned.constant(entry.name()).ifPresent(value -> addIfZeros(value, pruned, promised));
            }
        } else {
            for (Value value : pruned.constants()) {
                if (value.constant().filter(Constant::isSparse).isPresent()) {
                    addIfZeros(value, pruned, promised);
                }
            }
        }
        return promised;
    }

    private static void addIfZeros(Value value, Evidence pruned, Map<String, Mask> promised) {
        if (value.constant().orElseThrow().type().isCountable()) {
            Mask mask = pruned.nonZeros(value);
            if (mask.zeroCount() > 0) {
                promised.put(value.path(), mask);
            }
        }
    }

    /// Looks for each tensor. The surest signs come first, for all of them: what one tensor certainly is
    /// cannot be what another may have become.
    ///
    /// @param promised which elements are not zero, by tensor
    /// @param after what the tool wrote
    public static List<Followed> follow(Map<String, Mask> promised, Evidence after) {
        Survival survival = new Survival(promised, Survivor.in(after));
        survival.lookForEach(survival::byName);
        survival.lookForEach(survival::zeroForZero);
        survival.lookForEach(survival::withMoreZeros);
        survival.lookForEach(survival::amongOthers);
        survival.lookForEach(survival::byNumber);
        return promised.keySet().stream()
                .map(name ->
                        survival.followed.getOrDefault(name, new Followed(name, Fate.LOST, "no tensor has its zeros")))
                .toList();
    }

    private void lookForEach(BiFunction<String, Mask, Optional<Followed>> search) {
        promised.forEach((name, mask) -> {
            if (!followed.containsKey(name)) {
                search.apply(name, mask).ifPresent(found -> followed.put(name, found));
            }
        });
    }

    private Stream<Survivor> left() {
        return survivors.stream().filter(survivor -> !taken.contains(survivor.path()));
    }

    private Optional<Followed> byName(String name, Mask mask) {
        return left().filter(survivor -> survivor.path().equals(name)
                        && survivor.nonZeros().shape().equals(mask.shape()))
                .findFirst()
                .map(survivor -> named(survivor, mask));
    }

    private Followed named(Survivor survivor, Mask mask) {
        long revived = mask.revivedIn(survivor.nonZeros());
        if (revived == 0) {
            return found(survivor.path(), survivor, "under its name" + more(survivor, mask));
        }
        taken.add(survivor.path());
        return new Followed(
                survivor.path(), Fate.REVIVED, "%,d of %,d zeros have a value".formatted(revived, mask.zeroCount()));
    }

    private Optional<Followed> zeroForZero(String name, Mask mask) {
        long kept = mask.keptCount();
        List<Survivor> alike = left().filter(survivor -> isAsLarge(survivor, mask) && survivor.kept() == kept)
                .toList();
        return alike.isEmpty()
                ? Optional.empty()
                : inAnyLayout(mask)
                        .flatMap(ordered -> alike.stream()
                                .filter(survivor -> ordered.hasBitsOf(survivor.nonZeros()))
                                .limit(1))
                        .findFirst()
                        .map(survivor -> found(name, survivor, as(survivor) + ", zero for zero"));
    }

    /// Rounding to few bits makes more zeros. Of several tensors that have all of these, the one with the
    /// fewest others.
    private Optional<Followed> withMoreZeros(String name, Mask mask) {
        List<Survivor> alike = left().filter(survivor -> isAsLarge(survivor, mask) && isMoreThanChance(survivor, mask))
                .sorted(Comparator.comparingLong(Survivor::kept).reversed())
                .toList();
        return alike.isEmpty()
                ? Optional.empty()
                : inAnyLayout(mask)
                        .flatMap(ordered -> alike.stream()
                                .filter(survivor -> ordered.coversBitsOf(survivor.nonZeros()))
                                .limit(1))
                        .max(Comparator.comparingLong(Survivor::kept))
                        .map(survivor ->
                                found(name, survivor, as(survivor) + ", zero for zero" + more(survivor, mask)));
    }

    /// Where each element has a value with probability p, those of a tensor of c values all fall on the
    /// elements of another that have one with probability p^c.
    private static boolean isMoreThanChance(Survivor survivor, Mask mask) {
        double share = (double) mask.keptCount() / mask.shape().elementCount();
        return survivor.kept() < mask.keptCount() && survivor.kept() * -Math.log(share) > CERTAIN_BITS * Math.log(2);
    }

    /// Several tensors may be in one.
    private Optional<Followed> amongOthers(String name, Mask mask) {
        if (mask.shape().rank() != 2) {
            return Optional.empty();
        }
        List<Mask> ways = List.of(mask, mask.permuted(List.of(1, 0)));
        Optional<Survivor> whole = survivors.stream()
                .filter(survivor -> !taken.contains(survivor.path()) || joined.contains(survivor.path()))
                .filter(survivor -> ways.stream().anyMatch(way -> JoinedMatrices.have(survivor.nonZeros(), way)))
                .findFirst();
        whole.ifPresent(survivor -> joined.add(survivor.path()));
        return whole.map(survivor -> found(name, survivor, "in '" + survivor.path() + "', zero for zero"));
    }

    private Optional<Followed> byNumber(String name, Mask mask) {
        return left().filter(survivor -> isAsLarge(survivor, mask) && survivor.kept() == mask.keptCount())
                .findFirst()
                .map(survivor -> found(name, survivor, as(survivor) + ", by the number of its values"));
    }

    private Followed found(String name, Survivor survivor, String how) {
        taken.add(survivor.path());
        return new Followed(name, survivor.isSparse() ? Fate.SPARSE : Fate.DENSE, how);
    }

    private static boolean isAsLarge(Survivor survivor, Mask mask) {
        return survivor.nonZeros().shape().elementCount() >= mask.shape().elementCount();
    }

    private static String as(Survivor survivor) {
        return "as '" + survivor.path() + "'";
    }

    private static String more(Survivor survivor, Mask mask) {
        long more = mask.keptCount() - survivor.kept();
        return more == 0 ? "" : ", and %,d more".formatted(more);
    }

    /// The mask as it is, with its axes in every other order, and in blocks.
    private static Stream<Mask> inAnyLayout(Mask mask) {
        List<List<Integer>> orders = orders(mask.shape());
        Stream<Mask> permuted = orders.stream().skip(1).map(mask::permuted);
        return Stream.of(Stream.of(mask), permuted, Stream.of(mask).flatMap(m -> BlockedLayout.of(m).stream()))
                .flatMap(Function.identity());
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
