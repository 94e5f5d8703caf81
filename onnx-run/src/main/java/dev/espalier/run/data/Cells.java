package dev.espalier.run.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/// What the cells of a column have in common. Empty cells do not count.
final class Cells {
    /// What a column is.
    enum Kind {
        FLAG,
        INTEGER,
        NUMBER,
        /// Names of images, or of arrays.
        FILE,
        TEXT
    }

    private static final int MOST_NAMES = 1000;
    private static final int LONGEST_NAME = 200;

    private final String name;
    private final int index;
    private final boolean[] can = {true, true, true, true};
    private final TreeSet<String> distinct = new TreeSet<>();
    private final List<String> first = new ArrayList<>();
    private boolean hasTooMany;

    Cells(String name, int index) {
        this.name = name;
        this.index = index;
    }

    void add(String stored) {
        String cell = stored.strip();
        if (cell.isEmpty()) {
            return;
        }
        if (first.size() < RowFile.TRIES) {
            first.add(cell);
        }
        can[0] &= cell.equalsIgnoreCase("true") || cell.equalsIgnoreCase("false");
        can[1] = can[1] && isInteger(cell);
        can[2] = can[2] && (can[1] || isNumber(cell));
        can[3] = can[3]
                && RowFile.kind(cell).equals(RowFile.kind(first.getFirst()))
                && RowFile.kind(cell).isPresent();
        if (!can[0] && !can[2] && !can[3] && !hasTooMany) {
            distinct.add(cell);
            hasTooMany = distinct.size() > MOST_NAMES || cell.length() > LONGEST_NAME;
        }
    }

    private static boolean isInteger(String cell) {
        try {
            Long.parseLong(cell);
            return true;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static boolean isNumber(String cell) {
        try {
            number(cell);
            return true;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    /// A number as tables have it: Java also reads 1f and 0x1p3, but no `nan` and `inf`.
    static double number(String cell) {
        String lower = cell.toLowerCase(Locale.ROOT);
        return switch (lower) {
            case "nan" -> Double.NaN;
            case "inf", "+inf", "infinity" -> Double.POSITIVE_INFINITY;
            case "-inf", "-infinity" -> Double.NEGATIVE_INFINITY;
            default -> {
                if (!lower.matches("[-+.0-9e]+")) {
                    throw new NumberFormatException(cell);
                }
                yield Double.parseDouble(lower);
            }
        };
    }

    String name() {
        return name;
    }

    int index() {
        return index;
    }

    Kind kind() {
        for (int kind = 0; kind < can.length; kind++) {
            if (can[kind] && !first.isEmpty()) {
                return Kind.values()[kind];
            }
        }
        return Kind.TEXT;
    }

    /// The first cells that are not empty.
    List<String> first() {
        return first;
    }

    /// The texts in the order of the alphabet; none if there are too many or too long ones.
    List<String> distinct() {
        return hasTooMany ? List.of() : List.copyOf(distinct);
    }
}
