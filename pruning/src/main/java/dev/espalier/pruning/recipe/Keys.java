package dev.espalier.pruning.recipe;

import java.util.Collection;
import java.util.Comparator;

/// The keys that a part of a file may have.
final class Keys {
    private Keys() {}

    /// The known key that is written most alike, by the fewest letters added, left out or replaced (Levenshtein).
    static String nearest(String key, Collection<String> known) {
        return known.stream()
                .min(Comparator.comparingInt(other -> distance(key, other)))
                .orElseThrow();
    }

    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
