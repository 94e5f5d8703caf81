package dev.espalier.pruning.calibrated;

import dev.espalier.sparse.NofM;
import dev.espalier.sparse.SparsityPattern;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a pattern makes of a weight's matrix: which of its elements go together, and which of them exclude each
/// other.
final class Units {
    private final WeightMatrix matrix;
    private final SparsityPattern pattern;
    private final int[] unitOf;

    Units(WeightMatrix matrix, SparsityPattern pattern) {
        this.matrix = matrix;
        this.pattern = pattern;
        this.unitOf = new int[matrix.outputs() * matrix.inputs()];
        for (int i = 0; i < unitOf.length; i++) {
            unitOf[i] = (int) pattern.unitOf(matrix.index(i));
        }
    }

    /// What goes together or not at all, in some outputs.
    static final class Unit {
        private final int[] columns;
        private final int group;

        private Unit(int[] columns, int group) {
            this.columns = columns;
            this.group = group;
        }

        /// Inputs.
        int[] columns() {
            return columns;
        }
    }

    /// Outputs of which none shares a unit with others.
    static final class Band {
        private final int[] rows;
        private final List<Unit> units;
        private final Map<Integer, Integer> spare;

        private Band(int[] rows, List<Unit> units, Map<Integer, Integer> spare) {
            this.rows = rows;
            this.units = units;
            this.spare = spare;
        }

        /// Outputs.
        int[] rows() {
            return rows;
        }

        /// What is in them, each in all of them.
        List<Unit> units() {
            return units;
        }

        /// Whether as many of its group may still go as one.
        boolean mayGo(Unit unit) {
            return spare.getOrDefault(unit.group, 1) > 0;
        }

        /// It goes.
        void take(Unit unit) {
            spare.computeIfPresent(unit.group, (group, left) -> left - 1);
        }
    }

    /// All outputs, in bands.
    List<Band> bands() {
        int[] firstRow = new int[unitOf.length + 1];
        Arrays.fill(firstRow, -1);
        Map<Integer, List<Integer>> rows = new LinkedHashMap<>();
        for (int row = 0; row < matrix.outputs(); row++) {
            int at = row * matrix.inputs();
            int first = firstRow[unitOf[at]] < 0 ? row : firstRow[unitOf[at]];
            for (int j = 0; j < matrix.inputs(); j++) {
                firstRow[unitOf[at + j]] = first;
            }
            rows.computeIfAbsent(first, r -> new ArrayList<>()).add(row);
        }
        return rows.values().stream()
                .map(band -> band(band.stream().mapToInt(Integer::intValue).toArray()))
                .toList();
    }

    private Band band(int[] rows) {
        Map<Integer, List<Integer>> columns = new LinkedHashMap<>();
        for (int j = 0; j < matrix.inputs(); j++) {
            columns.computeIfAbsent(unitOf[rows[0] * matrix.inputs() + j], u -> new ArrayList<>())
                    .add(j);
        }
        List<Unit> units = new ArrayList<>();
        // How many of each group may go; of other units all may.
        Map<Integer, Integer> spare = new LinkedHashMap<>();
        columns.forEach((unit, members) -> {
            if (pattern instanceof NofM nOfM) {
                // Rows that are left over after the last whole group are free.
                spare.put(unit, members.size() == nOfM.group() ? nOfM.group() - nOfM.keep() : 0);
                members.forEach(column -> units.add(new Unit(new int[] {column}, unit)));
            } else {
                units.add(new Unit(members.stream().mapToInt(Integer::intValue).toArray(), unit));
            }
        });
        return new Band(rows, units, spare);
    }

    /// Over how many neighbouring inputs units reach at most.
    int span() {
        int[] first = new int[unitOf.length + 1];
        Arrays.fill(first, -1);
        int span = 1;
        for (int i = 0; i < unitOf.length; i++) {
            int column = i % matrix.inputs();
            int unit = unitOf[i];
            first[unit] = first[unit] < 0 ? column : Math.min(first[unit], column);
            span = Math.max(span, column - first[unit] + 1);
        }
        return span;
    }
}
