package dev.espalier.onnx;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/// Where tests find models: the samples of this repository, and larger collections that are there or not.
public final class TestModels {
    private static final Path ROOT = Path.of(System.getProperty("espalier.root", ".."));

    private TestModels() {}

    /// A file of the repository.
    public static Path inRepository(String path) {
        return ROOT.resolve(path);
    }

    /// The ONNX files of the repository's samples.
    public static List<Path> samples() {
        return onnxFiles(ROOT.resolve("samples"));
    }

    /// The ONNX files of the collection of real models in `../shared/models`; the test is skipped if it is not there.
    public static List<Path> shared() {
        Path folder = ROOT.resolve("../shared/models");
        Assumptions.assumeTrue(Files.isDirectory(folder), "there are no shared models (../shared/models)");
        return onnxFiles(folder);
    }

    /// The same, or nothing if it is not there, for tests that have other models too.
    public static List<Path> sharedIfThere() {
        Path folder = ROOT.resolve("../shared/models");
        return Files.isDirectory(folder) ? onnxFiles(folder) : List.of();
    }

    /// One of the shared models.
    public static Path shared(String name) {
        Path file = ROOT.resolve("../shared/models").resolve(name);
        Assumptions.assumeTrue(Files.exists(file), "there is no shared model " + name);
        return file;
    }

    /// The test cases of the ONNX standard, folders with a `model.onnx`, in the folder that the environment variable
    /// ESPALIER_ONNX_TESTS names; the test is skipped if it is not set.
    public static List<Path> standard() {
        String folder = System.getenv("ESPALIER_ONNX_TESTS");
        Assumptions.assumeTrue(folder != null, "ESPALIER_ONNX_TESTS does not say where the standard's tests are");
        return onnxFiles(Path.of(String.valueOf(folder)));
    }

    private static List<Path> onnxFiles(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(f -> f.toString().endsWith(".onnx")).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
