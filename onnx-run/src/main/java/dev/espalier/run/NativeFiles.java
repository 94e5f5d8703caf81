package dev.espalier.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The runtime's library copies itself into a temporary folder and leaves the folder behind. Where the system tells
/// which
/// files a process has mapped, and lets them be deleted (Linux), the folder goes as soon as the library is loaded.
final class NativeFiles {
    private static final Path MAPS = Path.of("/proc/self/maps");

    private NativeFiles() {}

    static void clear() {
        if (!Files.isReadable(MAPS)) {
            return;
        }
        try (Stream<String> maps = Files.lines(MAPS)) {
            Set<Path> folders = maps.filter(line -> line.contains("/onnxruntime-java"))
                    .map(line -> Path.of(line.substring(line.indexOf('/'))))
                    .filter(Files::exists)
                    .map(file -> file.resolveSibling("."))
                    .collect(Collectors.toSet());
            for (Path folder : folders) {
                delete(folder.normalize());
            }
        } catch (IOException e) {
            // It is only litter.
            System.getLogger("dev.espalier.run").log(System.Logger.Level.DEBUG, "temporary files are left", e);
        }
    }

    /// Deletes a folder and all that is in it.
    static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
