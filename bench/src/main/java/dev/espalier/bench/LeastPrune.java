package dev.espalier.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/// Zeroes the nine tenths of a file of f32 numbers that are the smallest by magnitude, and nothing else: no model,
/// no options, no types, no report. What `prune -s 0.9 --scope global` cannot do without, to see what the rest costs
/// and how much of the time a JVM needs that has compiled nothing yet.
///
/// A sample bounds the threshold; one pass counts below the bounds and within, and notes what stays if it is the
/// lower one; what is within is put right, and the file written. Sizes are those of `LargeModel`.
public final class LeastPrune {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final int BLOCK = 4096;
    private static final int CHUNK = 1 << 18;
    private static final int STRIDE = 16;
    private static final int SHIFT = 16;
    private static final int MARGIN = 1 << 14;
    private static final int MAGNITUDE = Integer.MAX_VALUE;

    private final MemorySegment numbers;
    private final int chunks;
    private final long[] kept;
    private final int[][] near;
    private final ThreadLocal<MemorySegment> pieces =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate((long) CHUNK * Integer.BYTES));

    private LeastPrune(MemorySegment numbers) {
        this.numbers = numbers;
        this.chunks = Math.toIntExact(numbers.byteSize() / Integer.BYTES / CHUNK);
        this.kept = new long[chunks * (CHUNK / Long.SIZE)];
        this.near = new int[chunks][];
    }

    /// @param args what to read and what to write
    public static void main(String[] args) throws IOException {
        try (Arena arena = Arena.ofShared();
                FileChannel in = FileChannel.open(Path.of(args[0]));
                FileChannel out =
                        FileChannel.open(Path.of(args[1]), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            new LeastPrune(in.map(FileChannel.MapMode.READ_ONLY, 0, in.size(), arena)).run(out);
        }
    }

    private void run(FileChannel out) {
        long wanted = (long) chunks * CHUNK / 10 * 9;
        int bin = first(sampled(), wanted / STRIDE);
        int low = (bin << SHIFT) - MARGIN;
        int[] within = new int[(1 << SHIFT) + 2 * MARGIN];
        long[] below = new long[chunks];
        forEachChunk(chunk -> {
            int[] counts = new int[within.length];
            below[chunk] = choose(chunk, low, counts);
            add(counts, within);
        });
        long left = wanted - Arrays.stream(below).sum();
        if (left < 0 || left > Arrays.stream(within).asLongStream().sum()) {
            throw new IllegalStateException("the sample misses the threshold");
        }
        int threshold = low + first(within, left);
        forEachChunk(chunk -> putRight(chunk, threshold));
        forEachChunk(chunk -> write(chunk, out));
    }

    private void forEachChunk(IntConsumer work) {
        IntStream.range(0, chunks).parallel().forEach(work);
    }

    private static void add(int[] counts, int[] sum) {
        synchronized (sum) {
            for (int i = 0; i < sum.length; i++) {
                sum[i] += counts[i];
            }
        }
    }

    private static int first(int[] counts, long count) {
        long left = count;
        int at = 0;
        while (left > counts[at]) {
            left -= counts[at++];
        }
        return at;
    }

    private int[] sampled() {
        int[] all = new int[1 << (Integer.SIZE - 1 - SHIFT)];
        forEachChunk(chunk -> {
            int[] counts = new int[all.length];
            int[] block = new int[BLOCK];
            for (int at = 0; at < CHUNK; at += STRIDE * BLOCK) {
                read(chunk, at, block);
                count(block, counts);
            }
            add(counts, all);
        });
        return all;
    }

    private void read(int chunk, int at, int[] block) {
        MemorySegment.copy(numbers, INT, ((long) chunk * CHUNK + at) * Integer.BYTES, block, 0, BLOCK);
    }

    private static void count(int[] block, int[] counts) {
        for (int bits : block) {
            counts[(bits & MAGNITUDE) >>> SHIFT]++;
        }
    }

    private long choose(int chunk, int low, int[] counts) {
        int[] block = new int[BLOCK];
        int[] places = new int[CHUNK];
        long below = 0;
        int found = 0;
        for (int at = 0; at < CHUNK; at += BLOCK) {
            read(chunk, at, block);
            below += BLOCK - mark(block, low, (chunk * CHUNK + at) / Long.SIZE);
            found = gather(block, low, counts, at, places, found);
        }
        near[chunk] = Arrays.copyOf(places, found);
        return below;
    }

    private long mark(int[] block, int low, int at) {
        long ones = 0;
        for (int start = 0; start < BLOCK; start += Long.SIZE) {
            long word = 0;
            for (int i = 0; i < Long.SIZE; i++) {
                long distance = (block[start + i] & MAGNITUDE) - (long) low;
                word = (word >>> 1) | (~distance & Long.MIN_VALUE);
            }
            kept[at + start / Long.SIZE] = word;
            ones += Long.bitCount(word);
        }
        return ones;
    }

    private static int gather(int[] block, int low, int[] counts, int at, int[] places, int found) {
        int size = found;
        for (int i = 0; i < BLOCK; i++) {
            int distance = (block[i] & MAGNITUDE) - low;
            if (Integer.compareUnsigned(distance, counts.length) < 0) {
                counts[distance]++;
                places[size++] = at + i;
            }
        }
        return size;
    }

    private void putRight(int chunk, int threshold) {
        for (int place : near[chunk]) {
            int index = chunk * CHUNK + place;
            if ((numbers.getAtIndex(INT, index) & MAGNITUDE) < threshold) {
                kept[index / Long.SIZE] &= ~(1L << index);
            }
        }
    }

    private void write(int chunk, FileChannel out) {
        int[] block = new int[BLOCK];
        MemorySegment piece = pieces.get();
        try {
            for (int at = 0; at < CHUNK; at += BLOCK) {
                read(chunk, at, block);
                clear(block, (chunk * CHUNK + at) / Long.SIZE);
                MemorySegment.copy(block, 0, piece, INT, (long) at * Integer.BYTES, BLOCK);
            }
            out.write(piece.asByteBuffer(), (long) chunk * CHUNK * Integer.BYTES);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void clear(int[] block, int at) {
        for (int start = 0; start < BLOCK; start += Long.SIZE) {
            long word = kept[at + start / Long.SIZE];
            for (int i = 0; i < Long.SIZE; i++) {
                block[start + i] &= -(int) ((word >>> i) & 1);
            }
        }
    }
}
