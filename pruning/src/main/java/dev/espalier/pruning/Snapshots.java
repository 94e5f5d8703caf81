package dev.espalier.pruning;

import dev.espalier.onnx.Model;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.onnx.OnnxWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A folder with a model for each step of a gradual pruning, from which the same pruning can go on. The file
/// `run.txt` says which it is.
public final class Snapshots {
    private static final String RUN = "run.txt";

    private final Path folder;

    private Snapshots(Path folder) {
        this.folder = folder;
    }

    /// Opens a folder, which is made if there is none.
    ///
    /// @param run what decides what the steps make, in words
    /// @throws PruningException if the folder is of another run
    public static Snapshots in(Path folder, String run) throws IOException {
        Files.createDirectories(folder);
        Path file = folder.resolve(RUN);
        if (!Files.exists(file)) {
            Path written = Files.createTempFile(folder, RUN, ".tmp");
            Files.writeString(written, run);
            Files.move(written, file);
        } else if (!Files.readString(file).equals(run)) {
            throw new PruningException(
                    "the snapshots are of another model, other data or other options",
                    "folder '" + folder + "'",
                    "its file " + RUN + " says which; choose another folder");
        }
        return new Snapshots(folder);
    }

    private Path file(int step) {
        return folder.resolve(String.format("step-%03d.onnx", step));
    }

    /// The last step that is there, of at most so many; 0 if there is none.
    int last(int most) {
        int step = most;
        while (step > 0 && !Files.exists(file(step))) {
            step--;
        }
        return step;
    }

    Model read(int step) throws IOException {
        return OnnxReader.read(file(step));
    }

    void write(int step, Model model) throws IOException {
        OnnxWriter.write(model, file(step));
    }
}
