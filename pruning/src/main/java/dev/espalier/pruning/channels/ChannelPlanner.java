package dev.espalier.pruning.channels;

import dev.espalier.pruning.PruningException;
import dev.espalier.pruning.Sparsity;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Turns a request into a plan.
///
/// All channels of a scope stand in one row, those that matter least first, and the plan is the shortest
/// beginning of it that reaches the budget. With every group by itself, a channel's place is its rank in its
/// group divided by the group's size, so that a beginning is the same share of every group.
public final class ChannelPlanner {
    private final ChannelStructure structure;
    private final ChannelRequest request;
    private final double[] scores;
    private final LayerNames names;
    private final Set<Integer> residual;
    private final BitSet unread;
    private final RoundedWidths widths;
    private final List<String> notes = new ArrayList<>();

    /// One channel in the row.
    private record Place(int part, int rank, double at) {}

    private ChannelPlanner(ChannelStructure structure, ChannelRequest request) {
        this.structure = structure;
        this.request = request;
        this.scores = ChannelScores.of(structure, request.method(), request.seed());
        this.names = new LayerNames(structure);
        this.unread = UnreadChannels.in(structure);
        this.residual = request.keepResidual() ? ResidualChannels.spaces(structure) : Set.of();
        this.widths = new RoundedWidths(structure, request.roundTo());
    }

    /// Makes the plan.
    ///
    /// @throws PruningException if a name in the request means nothing, or nothing can go
    public static ChannelPlan plan(ChannelStructure structure, ChannelRequest request) {
        return new ChannelPlanner(structure, request).plan();
    }

    private ChannelPlan plan() {
        request.include().forEach(glob -> names.requireMeaning("--include", glob));
        request.exclude().forEach(glob -> names.requireMeaning("--exclude", glob));
        request.overrides().forEach(target -> names.requireMeaning("--layer", target.layers()));
        List<ChannelPlan.Part> parts = new ArrayList<>();
        for (ChannelGroup group : structure.groups()) {
            parts.add(new ChannelPlan.Part(group, isChosen(group) ? order(group) : List.of(), 0));
        }
        if (parts.stream().allMatch(part -> part.order().isEmpty())) {
            return new ChannelPlan(structure, parts, notes);
        }
        List<ChannelPlan.Part> planned = request.budget() == ChannelBudget.CHANNELS ? byChannels(parts) : byCost(parts);
        return new ChannelPlan(structure, planned, notes);
    }

    private boolean isChosen(ChannelGroup group) {
        boolean isIncluded =
                request.include().isEmpty() || request.include().stream().anyMatch(glob -> names.means(glob, group));
        boolean stays = Arrays.stream(group.spaces()).anyMatch(residual::contains);
        return isIncluded && !stays && request.exclude().stream().noneMatch(glob -> names.means(glob, group));
    }

    private Optional<Sparsity> overrideOf(ChannelGroup group) {
        return request.overrides().reversed().stream()
                .filter(target -> names.means(target.layers(), group))
                .map(ChannelRequest.LayerShare::share)
                .findFirst();
    }

    /// The group's channels, those that nothing reads first, then those that matter least; of equal ones the first.
    private List<int[]> order(ChannelGroup group) {
        List<List<Integer>> ranked = new ArrayList<>();
        for (int[] cell : group.cells()) {
            ranked.add(Arrays.stream(cell)
                    .boxed()
                    .filter(member -> !Double.isNaN(scores[member]))
                    .sorted(Comparator.comparing((Integer member) -> !unread.get(member))
                            .thenComparingDouble(member -> scores[member]))
                    .toList());
        }
        int count = ranked.stream().mapToInt(List::size).min().orElse(0);
        List<int[]> order = new ArrayList<>();
        for (int rank = 0; rank < count; rank++) {
            int at = rank;
            order.add(ranked.stream().mapToInt(cell -> cell.get(at)).toArray());
        }
        return order;
    }

    private List<ChannelPlan.Part> byChannels(List<ChannelPlan.Part> parts) {
        int[] counts = new int[parts.size()];
        List<Place> row = new ArrayList<>();
        Map<List<Object>, Long> sizes = new LinkedHashMap<>();
        for (int i = 0; i < counts.length; i++) {
            ChannelGroup group = parts.get(i).group();
            Optional<Sparsity> own = overrideOf(group);
            if (own.isPresent() || request.scope() == ChannelScope.LAYER) {
                counts[i] = (int) own.orElse(request.share()).of(group.size());
            } else {
                row.addAll(places(i, parts.get(i)));
                sizes.merge(poolOf(group), (long) group.size(), Long::sum);
            }
        }
        Map<List<Object>, Long> left = new HashMap<>();
        sizes.forEach((pool, size) -> left.put(pool, request.share().of(size)));
        for (Place place : sorted(row)) {
            ChannelPlan.Part part = parts.get(place.part);
            List<Object> pool = poolOf(part.group());
            if (left.getOrDefault(pool, 0L) > 0 && counts[place.part] < most(part)) {
                counts[place.part]++;
                left.merge(pool, -1L, Long::sum);
            }
        }
        return counted(parts, counts);
    }

    /// Groups whose channels compete.
    private List<Object> poolOf(ChannelGroup group) {
        return switch (request.scope()) {
            case LAYER -> List.of(group.id());
            case GLOBAL -> List.of();
            case ISOMORPHIC -> List.of(names.kindOf(group));
        };
    }

    private List<Place> places(int number, ChannelPlan.Part part) {
        List<Place> places = new ArrayList<>();
        for (int rank = 0; rank < part.order().size(); rank++) {
            int[] channel = part.order().get(rank);
            double score =
                    Arrays.stream(channel).mapToDouble(member -> scores[member]).sum() / channel.length;
            double at = request.scope() == ChannelScope.LAYER
                    ? (rank + 1.0) / part.group().size()
                    : score;
            places.add(new Place(number, rank, at));
        }
        return places;
    }

    private static List<Place> sorted(List<Place> row) {
        return row.stream()
                .sorted(Comparator.comparingDouble(Place::at)
                        .thenComparingInt(Place::part)
                        .thenComparingInt(Place::rank))
                .toList();
    }

    /// The shortest beginning of the row that costs no more than allowed; all of it if none does.
    private List<ChannelPlan.Part> byCost(List<ChannelPlan.Part> parts) {
        ChannelCosts costs = new ChannelCosts(structure);
        int[] fixed = new int[parts.size()];
        List<Place> row = new ArrayList<>();
        for (int i = 0; i < fixed.length; i++) {
            Optional<Sparsity> own = overrideOf(parts.get(i).group());
            if (own.isPresent()) {
                fixed[i] = (int) own.get().of(parts.get(i).group().size());
            } else {
                row.addAll(places(i, parts.get(i)));
            }
        }
        List<Place> sorted = inScope(row, parts);
        long total = costs.of(plainPlan(parts).kept(), request.budget());
        long allowed = total - request.share().of(total);
        int low = 0;
        int high = sorted.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            boolean fits = costs.of(
                            new ChannelPlan(structure, begin(parts, fixed, sorted, middle), List.of()).kept(),
                            request.budget())
                    <= allowed;
            if (fits) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        notes.clear();
        List<ChannelPlan.Part> planned = begin(parts, fixed, sorted, low);
        long reached = costs.of(new ChannelPlan(structure, planned, List.of()).kept(), request.budget());
        if (reached > allowed) {
            notes.add("the share of " + request.budget() + " that was asked for cannot be reached: the rest is frozen");
        }
        return planned;
    }

    private ChannelPlan plainPlan(List<ChannelPlan.Part> parts) {
        return new ChannelPlan(
                structure, parts.stream().map(part -> part.with(0)).toList(), List.of());
    }

    /// In pools of equal structure, the same share of each pool comes first.
    private List<Place> inScope(List<Place> row, List<ChannelPlan.Part> parts) {
        if (request.scope() != ChannelScope.ISOMORPHIC) {
            return sorted(row);
        }
        Map<List<Object>, List<Place>> pools = new LinkedHashMap<>();
        sorted(row)
                .forEach(place -> pools.computeIfAbsent(
                                poolOf(parts.get(place.part).group()), p -> new ArrayList<>())
                        .add(place));
        List<Place> all = new ArrayList<>();
        for (List<Place> pool : pools.values()) {
            for (int i = 0; i < pool.size(); i++) {
                Place place = pool.get(i);
                all.add(new Place(place.part, place.rank, (i + 1.0) / pool.size()));
            }
        }
        return sorted(all);
    }

    private List<ChannelPlan.Part> begin(List<ChannelPlan.Part> parts, int[] fixed, List<Place> row, int length) {
        int[] counts = fixed.clone();
        row.subList(0, length).forEach(place -> counts[place.part]++);
        return counted(parts, counts);
    }

    /// How many of a group's channels may go.
    private int most(ChannelPlan.Part part) {
        int size = part.group().size();
        long most = Math.min(size - request.minChannels(), maxShare(size));
        return Math.clamp(most, 0, part.order().size());
    }

    private long maxShare(int size) {
        return request.maxLayerShare()
                .share()
                .multiply(BigDecimal.valueOf(size))
                .longValue();
    }

    /// Rounds what stays up to a multiple, and keeps what must stay.
    private List<ChannelPlan.Part> counted(List<ChannelPlan.Part> parts, int[] counts) {
        List<ChannelPlan.Part> planned = new ArrayList<>();
        int kept = 0;
        long rounded = 0;
        int unrounded = 0;
        for (int i = 0; i < counts.length; i++) {
            ChannelPlan.Part part = parts.get(i);
            int count = Math.min(counts[i], most(part));
            kept += counts[i] > most(part) && !part.order().isEmpty() ? 1 : 0;
            int size = part.group().size();
            int step = widths.stepOf(part.group());
            unrounded += count > 0 && widths.givesWay(part.group()) ? 1 : 0;
            int stay = Math.min(Math.ceilDiv(size - count, step) * step, size);
            rounded += stay - (size - count);
            planned.add(part.with(size - stay));
        }
        if (kept > 0) {
            notes.add(kept + " of " + counts.length + " groups keep more channels than asked: as few as may stay");
        }
        if (rounded > 0) {
            notes.add(rounded + " channels more stay than asked, so that widths are multiples of " + request.roundTo());
        }
        if (unrounded > 0) {
            notes.add(unrounded + " groups are not rounded: no multiple of " + request.roundTo()
                    + " has as many channels in each block of a grouped operator");
        }
        return planned;
    }
}
