package dev.espalier.sparse;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The sets of `keep` positions in a group of at most 16, numbered in the order of the integers whose bits they are,
/// and as many such numbers in a byte as there is room for: that of the first group counts once, that of the next as
/// often as there are sets, and so on.
final class GroupCodes {
    private static final int LARGEST_GROUP = 16;
    private static final int BYTE = 256;

    /// Those that take less than the bit for each element that a bitmap does.
    static final List<GroupCodes> ALL = all();

    private final int keep;
    private final int group;
    private final int perByte;
    private final int[] sets;
    private final short[] numbers;
    private final byte[] places;

    private GroupCodes(int keep, int group, int[] sets) {
        this.keep = keep;
        this.group = group;
        this.sets = sets;
        this.numbers = new short[1 << group];
        Arrays.fill(numbers, (short) -1);
        this.places = new byte[sets.length * keep];
        for (int number = 0, at = 0; number < sets.length; number++) {
            numbers[sets[number]] = (short) number;
            for (int set = sets[number]; set != 0; set &= set - 1) {
                places[at++] = (byte) Integer.numberOfTrailingZeros(set);
            }
        }
        int most = 1;
        for (int power = sets.length * sets.length; power <= BYTE; power *= sets.length) {
            most++;
        }
        this.perByte = most;
    }

    private static List<GroupCodes> all() {
        List<GroupCodes> all = new ArrayList<>();
        for (int group = 2; group <= LARGEST_GROUP; group++) {
            for (int keep = 1; keep < group; keep++) {
                int[] sets = sets(keep, group);
                if (sets.length <= BYTE) {
                    all.add(new GroupCodes(keep, group, sets));
                }
            }
        }
        return all.stream().filter(c -> c.perByte * c.group > Byte.SIZE).toList();
    }

    /// The sets in ascending order; one more than a byte can tell apart if there are more.
    private static int[] sets(int keep, int group) {
        int[] found = new int[BYTE + 1];
        int count = 0;
        for (int set = (1 << keep) - 1; set < 1 << group && count <= BYTE; set = next(set)) {
            found[count++] = set;
        }
        return Arrays.copyOf(found, count);
    }

    /// The next larger integer with as many ones (Beeler, Gosper, Schroeppel, "HAKMEM", 1972, item 175).
    private static int next(int set) {
        int lowest = set & -set;
        int carried = set + lowest;
        return carried | (((set ^ carried) >>> 2) / lowest);
    }

    /// Those of that pattern; none if they would take no less than a bitmap.
    static Optional<GroupCodes> of(long keep, long group) {
        return ALL.stream().filter(c -> c.keep == keep && c.group == group).findFirst();
    }

    /// Positions in a set.
    int keep() {
        return keep;
    }

    /// Positions that there are.
    int group() {
        return group;
    }

    /// Groups to a byte.
    int perByte() {
        return perByte;
    }

    /// How many sets there are.
    int count() {
        return sets.length;
    }

    /// How many bytes mean something.
    int codeCount() {
        int codes = 1;
        for (int i = 0; i < perByte; i++) {
            codes *= sets.length;
        }
        return codes;
    }

    /// The number of that set; -1 if it is of more or fewer positions.
    int numberOf(int set) {
        return numbers[set];
    }

    /// A position in the set of that number, they ascend.
    int place(int number, int index) {
        return places[number * keep + index];
    }

    /// A set of `keep` positions that has all of `some` and for the rest the first others.
    int filled(int some) {
        int full = some;
        for (int missing = keep - Integer.bitCount(some); missing > 0; missing--) {
            full |= full + 1;
        }
        return full;
    }

    /// Bytes of [#table].
    long tableBytes() {
        return (long) codeCount() * perByte * keep;
    }

    /// For each byte, the positions in its groups one after the other: U8 [codes, perByte * keep].
    DenseTensor table() {
        DenseTensor table = DenseTensor.zeros(ElementType.U8, Shape.of(codeCount(), (long) perByte * keep));
        int at = 0;
        for (int code = 0; code < codeCount(); code++) {
            int left = code;
            for (int g = 0; g < perByte; g++) {
                for (int i = 0; i < keep; i++) {
                    table.setBits(at++, place(left % sets.length, i));
                }
                left /= sets.length;
            }
        }
        return table;
    }

    /// `2:4`.
    @Override
    public String toString() {
        return keep + ":" + group;
    }
}
