package dev.espalier.run.latency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.run.ModelRunException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ChannelBlockTest {
    @TempDir
    private Path folder;

    /// Widths and times in turn.
    private static Map<Integer, Double> times(double... pairs) {
        Map<Integer, Double> times = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            times.put((int) pairs[i], pairs[i + 1]);
        }
        return times;
    }

    @Test
    void readsTheBlockOffMeasuredTimes() {
        // Measured with AVX-512 and with AVX2, and what a runtime gives that has no blocks.
        assertThat(ChannelBlock.of(times(64, 6.29, 63, 8.38, 62, 7.4, 60, 6.4, 56, 6.27, 48, 3.47, 32, 1.55)))
                .isEqualTo(16);
        assertThat(ChannelBlock.of(times(64, 0.391, 63, 0.733, 62, 0.72, 60, 0.386, 56, 0.328, 48, 0.279, 32, 0.155)))
                .isEqualTo(8);
        assertThat(ChannelBlock.of(times(64, 64, 63, 62, 62, 60.1, 60, 56.2, 56, 49, 48, 36, 32, 16)))
                .isEqualTo(1);
        assertThat(ChannelBlock.of(times(64, 1, 63, 1, 62, 1, 60, 1, 56, 1, 48, 1, 32, 1)))
                .isEqualTo(32);
    }

    @Test
    void measuresOnceAndKeepsIt() throws ModelRunException, IOException {
        Path cache = folder.resolve("caches/espalier");
        int block = BlockCache.in(cache).block();
        assertThat(ChannelBlock.CANDIDATES).contains(block);
        Path file = cache.resolve("channel-blocks.properties");
        String kept = Files.readString(file);
        assertThat(kept).contains("onnxruntime").contains("=" + block);
        // What is kept counts, not what another measurement would find; what is damaged does not.
        Files.writeString(file, kept.replace("=" + block, "=32"));
        assertThat(BlockCache.in(cache).block()).isEqualTo(32);
        Files.writeString(file, kept.replace("=" + block, "=-3"));
        assertThat(ChannelBlock.CANDIDATES).contains(BlockCache.in(cache).block());
    }

    @Test
    void saysWhenItCannotBeKept() throws ModelRunException, IOException {
        Path file = Files.writeString(folder.resolve("file"), "not a folder");
        BlockCache cache = BlockCache.in(file.resolve("caches"));
        assertThat(ChannelBlock.CANDIDATES).contains(cache.block());
        assertThat(cache.failure()).isNotEmpty();
    }
}
