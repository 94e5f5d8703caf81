package dev.espalier.pruning.schedule;

import java.util.ArrayList;
import java.util.List;

/// A schedule as a list of steps and sparsities, for tools that know no curve: what holds for one of ours always holds
/// for such a list, since targets change at updates only.
final class Table {
    /// Longer lists are for nobody to read or to edit.
    private static final int LONGEST = 200;

    private Table() {}

    /// Every update; if they are too many, some of them, evenly, and always the first and the last.
    static Milestones of(Schedule schedule) {
        return new Milestones(points(schedule, LONGEST), Between.STEPS, 1);
    }

    /// So many straight pieces, or fewer, from update to update.
    static Milestones pieces(Schedule schedule, int pieces, long frequency) {
        return new Milestones(points(schedule, pieces + 1), Between.LINEAR, frequency);
    }

    private static List<Milestone> points(Schedule schedule, int most) {
        long[] updates = schedule.updates().toArray();
        List<Milestone> points = new ArrayList<>();
        int count = Math.min(updates.length, most);
        for (int i = 0; i < count; i++) {
            int index = count == 1 ? 0 : (int) ((long) i * (updates.length - 1) / (count - 1));
            points.add(new Milestone(updates[index], schedule.targetAt(updates[index])));
        }
        return points;
    }
}
