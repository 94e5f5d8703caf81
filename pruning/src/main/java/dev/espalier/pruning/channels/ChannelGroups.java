package dev.espalier.pruning.channels;

import dev.espalier.pruning.channels.ChannelLinks.Quota;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Sorts classes of indices into groups: those that occur in the same spaces can stand for each other. Where
/// as many must stay in each block of an axis, groups that share the axis become one, whose channels take one
/// class of each block.
final class ChannelGroups {
    private final ChannelStructure structure;
    private final BitSet unbalanced;
    private final int[] root;
    /// For each class, how often it occurs in each block of each quota: quota and block in one number, to
    /// count.
    private final List<Map<Long, Integer>> blocksOfClass = new ArrayList<>();

    private ChannelGroups(ChannelStructure structure, BitSet unbalanced) {
        this.structure = structure;
        this.unbalanced = unbalanced;
        this.root = new int[structure.partition().classCount()];
        Arrays.setAll(root, i -> i);
        for (int i = 0; i < root.length; i++) {
            blocksOfClass.add(Map.of());
        }
    }

    /// @param unbalanced gets the numbers of the quotas that cannot be met
    static List<ChannelGroup> of(ChannelStructure structure, BitSet unbalanced) {
        return new ChannelGroups(structure, unbalanced).groups();
    }

    private List<ChannelGroup> groups() {
        Map<List<Integer>, Integer> firstOfSignature = new HashMap<>();
        for (int member = 0; member < root.length; member++) {
            int first = member;
            if (isPrunable(member)) {
                List<Integer> signature = Arrays.stream(structure.spacesOf(member))
                        .sorted()
                        .distinct()
                        .boxed()
                        .toList();
                unite(firstOfSignature.computeIfAbsent(signature, s -> first), member);
            }
        }
        List<Quota> quotas = structure.graph().links().quotas();
        for (int i = 0; i < quotas.size(); i++) {
            count(i, quotas.get(i));
        }
        Map<Integer, List<Integer>> byRoot = new TreeMap<>();
        for (int member = 0; member < root.length; member++) {
            if (isPrunable(member)) {
                byRoot.computeIfAbsent(find(member), r -> new ArrayList<>()).add(member);
            }
        }
        List<ChannelGroup> groups = new ArrayList<>();
        byRoot.values().forEach(members -> add(members, quotas, groups));
        return groups;
    }

    /// Whether its removal would make a weight smaller.
    private boolean isPrunable(int member) {
        return Arrays.stream(structure.spacesOf(member)).anyMatch(structure::hasWeight);
    }

    private void unite(int one, int other) {
        int a = find(one);
        int b = find(other);
        root[Math.max(a, b)] = Math.min(a, b);
    }

    private int find(int start) {
        int member = start;
        while (root[member] != member) {
            root[member] = root[root[member]];
            member = root[member];
        }
        return member;
    }

    private void count(int number, Quota quota) {
        ChannelPartition partition = structure.partition();
        int space = partition.spaceOf(quota.axis());
        int size = partition.liveSize(space);
        int first = -1;
        for (int index = 0; index < size; index++) {
            int member = partition.classOf(quota.axis(), index);
            if (member == ChannelPartition.FROZEN || !isPrunable(member)) {
                continue;
            }
            if (blocksOfClass.get(member).isEmpty()) {
                blocksOfClass.set(member, new TreeMap<>());
            }
            long block = (long) number << 32 | index / (size / quota.blocks());
            blocksOfClass.get(member).merge(block, 1, Integer::sum);
            first = first < 0 ? member : first;
            unite(first, member);
        }
    }

    private void add(List<Integer> members, List<Quota> quotas, List<ChannelGroup> groups) {
        int[] spaces = members.stream()
                .flatMapToInt(member -> Arrays.stream(structure.spacesOf(member)))
                .sorted()
                .distinct()
                .toArray();
        Map<List<Object>, List<Integer>> cells = new LinkedHashMap<>();
        for (int member : members) {
            List<Object> key = blocksOfClass.get(member).isEmpty()
                    ? List.of()
                    : List.of(
                            blocksOfClass.get(member),
                            Arrays.stream(structure.spacesOf(member))
                                    .distinct()
                                    .boxed()
                                    .toList());
            cells.computeIfAbsent(key, k -> new ArrayList<>()).add(member);
        }
        BitSet broken = broken(cells.keySet().stream().toList(), quotas);
        unbalanced.or(broken);
        boolean isWanted = !structure.graph().links().options().onlyHeads()
                || Arrays.stream(spaces).anyMatch(structure::hasHeads);
        if (broken.isEmpty() && isWanted) {
            List<int[]> lists = cells.values().stream()
                    .map(cell -> cell.stream().mapToInt(i -> i).toArray())
                    .toList();
            groups.add(new ChannelGroup(groups.size(), spaces, lists));
        }
    }

    /// The quotas that one class of each cell does not meet.
    private static BitSet broken(List<List<Object>> cells, List<Quota> quotas) {
        Map<Long, Integer> sums = new TreeMap<>();
        for (List<Object> cell : cells) {
            if (!cell.isEmpty() && cell.getFirst() instanceof Map<?, ?> blocks) {
                blocks.forEach((block, count) -> sums.merge((Long) block, (Integer) count, Integer::sum));
            }
        }
        Map<Integer, List<Integer>> byQuota = new TreeMap<>();
        sums.forEach((block, sum) -> byQuota.computeIfAbsent((int) (block >> 32), q -> new ArrayList<>())
                .add(sum));
        BitSet broken = new BitSet();
        byQuota.forEach((quota, counts) -> {
            boolean isEven = counts.size() == quotas.get(quota).blocks()
                    && counts.stream().allMatch(count -> count.equals(counts.getFirst()));
            if (!isEven) {
                broken.set(quota);
            }
        });
        return broken;
    }
}
