package dev.espalier.sparse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CutTest {
    /// Scores that are given.
    private record Given(int bits, List<Long> scores) implements Scores {
        @Override
        public long count() {
            return scores.size();
        }

        @Override
        public void read(long from, int count, long[] out) {
            for (int i = 0; i < count; i++) {
                out[i] = scores.get((int) from + i);
            }
        }
    }

    private static Given given(int bits, long... scores) {
        return new Given(bits, Arrays.stream(scores).boxed().toList());
    }

    @ParameterizedTest
    @ValueSource(ints = {31, 63})
    void takesWhatSortingWouldTake(int bits) {
        Random random = new Random(7);
        for (int trial = 0; trial < 200; trial++) {
            List<Given> all = randomScores(random, bits);
            long total = all.stream().mapToLong(Scores::count).sum();
            long count = random.nextLong(total + 2);
            List<Cut> cuts = Cut.ofSmallest(all, count).split(all);
            List<boolean[]> expected = bySorting(all, count, bits);
            for (int s = 0; s < all.size(); s++) {
                Mask kept = Mask.ofKept(Shape.of(all.get(s).count()), all.get(s), cuts.get(s));
                for (int i = 0; i < all.get(s).count(); i++) {
                    assertThat(kept.isKept(i)).isEqualTo(!expected.get(s)[i]);
                }
            }
        }
    }

    private static List<Given> randomScores(Random random, int bits) {
        List<Given> all = new ArrayList<>();
        for (int s = random.nextInt(3); s >= 0; s--) {
            // Few distinct scores, so that ties are common; now and then one that must never go.
            int distinct = 1 + random.nextInt(6);
            long[] scores = new long[random.nextInt(150)];
            for (int i = 0; i < scores.length; i++) {
                scores[i] = random.nextInt(20) == 0
                        ? Scores.never(bits) + random.nextInt(2)
                        : random.nextInt(distinct) * (Scores.never(bits) / 7);
            }
            all.add(given(bits, scores));
        }
        return all;
    }

    private record Element(int scores, int index, long score) {}

    private static List<boolean[]> bySorting(List<Given> all, long count, int bits) {
        List<boolean[]> gone = new ArrayList<>();
        List<Element> elements = new ArrayList<>();
        for (int s = 0; s < all.size(); s++) {
            gone.add(new boolean[(int) all.get(s).count()]);
            for (int i = 0; i < all.get(s).count(); i++) {
                elements.add(new Element(s, i, all.get(s).scores().get(i)));
            }
        }
        elements.sort(Comparator.comparingLong(Element::score));
        elements.stream()
                .filter(e -> e.score < Scores.never(bits))
                .limit(count)
                .forEach(e -> gone.get(e.scores)[e.index] = true);
        return gone;
    }

    @Test
    void isTheSameForAnyNumberOfThreads() throws Exception {
        Random random = new Random(1);
        long[] scores = random.longs(3_000_000, 0, 1 << 20).toArray();
        List<Scores> all = List.of(new Scores() {
            @Override
            public int bits() {
                return 31;
            }

            @Override
            public long count() {
                return scores.length;
            }

            @Override
            public void read(long from, int count, long[] out) {
                System.arraycopy(scores, (int) from, out, 0, count);
            }
        });
        Cut one;
        Cut four;
        try (ForkJoinPool pool = new ForkJoinPool(1)) {
            one = pool.submit(() -> Cut.ofSmallest(all, 1_234_567)).get();
        }
        try (ForkJoinPool pool = new ForkJoinPool(4)) {
            four = pool.submit(() -> Cut.ofSmallest(all, 1_234_567)).get();
        }
        assertThat(four).isEqualTo(one);
        assertThat(Arrays.stream(scores).filter(s -> s < one.score()).count() + one.ties())
                .isEqualTo(1_234_567);
    }

    @Test
    void refusesScoresOfDifferentWidths() {
        List<Given> mixed = List.of(given(31, 1), given(63, 1));
        assertThatThrownBy(() -> Cut.ofSmallest(mixed, 1)).isInstanceOf(IllegalArgumentException.class);
    }
}
