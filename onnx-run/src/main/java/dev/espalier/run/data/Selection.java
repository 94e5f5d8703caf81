package dev.espalier.run.data;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;

/// Which rows of a data set are used, and in which order.
///
/// @param where which rows are used at all
/// @param limit at most so many, the first in the order
/// @param shuffleSeed seed of a random order; empty for the order of the data
public record Selection(Optional<Where> where, int limit, Optional<Long> shuffleSeed) {
    /// Rows by an array that says something of each; those of which it says nothing are not used.
    ///
    /// @param array its name
    /// @param isZero whether rows where it is 0 are used, or those where it is not
    public record Where(String array, boolean isZero) {
        /// The array's name, after `!` for rows where it is 0.
        public static Where parse(String text) {
            return text.startsWith("!") ? new Where(text.substring(1), true) : new Where(text, false);
        }
    }

    /// All rows in their order.
    public static final Selection ALL = new Selection(Optional.empty(), Integer.MAX_VALUE, Optional.empty());

    /// The rows.
    ///
    /// @param rows how many there are
    /// @throws DataException if none is left, or there are more than an `int` can count
    int[] of(Dataset data, long rows) throws IOException {
        if (rows > Integer.MAX_VALUE - 8) {
            throw new DataException(rows + " rows are too many", "file '" + data.source() + "'", "split the data");
        }
        int[] order = where.isPresent() ? chosen(data, where.get(), (int) rows) : range((int) rows);
        shuffleSeed.ifPresent(seed -> shuffle(order, seed));
        int[] selected = order.length > limit ? Arrays.copyOf(order, limit) : order;
        if (selected.length == 0) {
            throw new DataException(
                    "no row to use",
                    "file '" + data.source() + "'",
                    rows == 0
                            ? "the data is empty"
                            : where.map(Selection::nowhere).orElse(""));
        }
        return selected;
    }

    private static int[] range(int rows) {
        int[] range = new int[rows];
        Arrays.setAll(range, i -> i);
        return range;
    }

    private static String nowhere(Where where) {
        return "the array '" + where.array() + "' is " + (where.isZero() ? "nowhere 0" : "0 everywhere");
    }

    private static int[] chosen(Dataset data, Where where, int rows) throws IOException {
        double[] flags = column(data, data.field(where.array()), range(rows));
        return Arrays.stream(range(rows))
                .filter(row -> (flags[row] == 0) == where.isZero() && !Double.isNaN(flags[row]))
                .toArray();
    }

    /// Fisher and Yates's shuffle.
    private static void shuffle(int[] order, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = order.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int kept = order[i];
            order[i] = order[j];
            order[j] = kept;
        }
    }

    /// The numbers of a field with one number in each row; NaN where there is none, as in an empty cell.
    ///
    /// @param rows ascending or not
    /// @throws DataException if it has not one number for each of the rows
    public static double[] column(Dataset data, Field field, int[] rows) throws IOException {
        int most = Arrays.stream(rows).max().orElse(-1);
        if (field.row().elementCount() != 1 || field.rows() <= most) {
            throw new DataException(
                    field + " is not one number for each row",
                    "file '" + data.source() + "'",
                    "it needs " + (most + 1) + " rows of one number");
        }
        double[] values = new double[rows.length];
        double[] one = new double[1];
        try (Arena arena = Arena.ofConfined();
                Rows source = data.rows(field, !isAscending(rows))) {
            MemorySegment row = arena.allocate(field.rowBytes());
            for (int i = 0; i < rows.length; i++) {
                values[i] = number(field, source, rows[i], row, one);
            }
        }
        return values;
    }

    private static double number(Field field, Rows source, int row, MemorySegment stored, double[] one)
            throws IOException {
        try {
            source.read(row, stored);
        } catch (UnreadableRowException e) {
            return Double.NaN;
        }
        Elements.read(field.type(), stored, one);
        return one[0];
    }

    static boolean isAscending(int[] rows) {
        for (int i = 1; i < rows.length; i++) {
            if (rows[i] <= rows[i - 1]) {
                return false;
            }
        }
        return true;
    }
}
