package dev.espalier.cli;

import dev.espalier.pruning.PruningException;
import dev.espalier.run.ModelRunException;
import dev.espalier.run.latency.BlockCache;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// `--round-to`: a number, or what this machine's runtime needs.
///
/// @param number 0 for what is to be measured
record RoundTo(int number) {
    static final RoundTo AUTO = new RoundTo(0);

    boolean isAuto() {
        return number == 0;
    }

    /// The number, measured if need be.
    ///
    /// @param notes gets what was measured, a sentence each
    /// @throws PruningException if it cannot be measured
    int resolve(List<String> notes) {
        if (!isAuto()) {
            return number;
        }
        Path folder = cacheFolder();
        try {
            BlockCache cache = BlockCache.in(folder);
            int block = cache.block();
            notes.add("widths that lose channels stay multiples of " + block
                    + ", the block that this machine's runtime computes at a time (--round-to 1: of nothing)");
            if (!cache.failure().isEmpty()) {
                notes.add("the block of channels was measured and cannot be kept (" + cache.failure()
                        + "): another run may find another one");
            }
            return block;
        } catch (ModelRunException | IOException e) {
            throw new PruningException(
                    "what widths this machine's runtime needs cannot be measured: " + e.getMessage(),
                    "folder '" + folder + "'",
                    "say --round-to 8, or another number");
        }
    }

    /// Where the system wants caches.
    private static Path cacheFolder() {
        String home = System.getProperty("user.home");
        String system = System.getProperty("os.name");
        Path caches;
        if (system.startsWith("Windows")) {
            caches = variable("LOCALAPPDATA").orElse(Path.of(home, "AppData", "Local"));
        } else if (system.startsWith("Mac")) {
            caches = Path.of(home, "Library", "Caches");
        } else {
            caches = variable("XDG_CACHE_HOME").orElse(Path.of(home, ".cache"));
        }
        return caches.resolve("espalier");
    }

    private static Optional<Path> variable(String name) {
        return Optional.ofNullable(System.getenv(name)).map(Path::of).filter(Path::isAbsolute);
    }

    @Override
    public String toString() {
        return isAuto() ? "auto" : Integer.toString(number);
    }

    static final class Converter implements ITypeConverter<RoundTo> {
        @Override
        public RoundTo convert(String text) {
            if (text.equals("auto")) {
                return AUTO;
            }
            if (text.matches("[1-9]\\d{0,5}")) {
                return new RoundTo(Integer.parseInt(text));
            }
            throw new TypeConversionException("'" + text + "' is neither auto nor a number from 1 on");
        }
    }
}
