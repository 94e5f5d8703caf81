package dev.espalier.run.data;

import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A kind of file that holds one row, and what all of them have in common.
sealed interface RowFile permits Images, ArrayFiles {
    /// How many files are tried before it is said that none can be read.
    int TRIES = 10;

    /// The kind of a file, by the end of its name; `image`, `array`, or none of them.
    static Optional<String> kind(String name) {
        return Images.isImage(name)
                ? Optional.of("image")
                : ArrayFiles.isArray(name) ? Optional.of("array") : Optional.empty();
    }

    /// What files of one kind have in common, from the first that can be read.
    ///
    /// @param files at least one, the first ones suffice
    /// @throws DataException if none of the first ones can be read
    static RowFile of(List<Path> files, Preprocess preprocess) throws IOException {
        boolean isImage = Images.isImage(files.getFirst().toString());
        String reason = "";
        for (Path file : files.subList(0, Math.min(TRIES, files.size()))) {
            try {
                return isImage ? Images.like(file, preprocess) : ArrayFiles.like(file);
            } catch (UnreadableRowException e) {
                reason = String.valueOf(e.getMessage());
            }
        }
        throw new DataException(
                "no " + (isImage ? "image decodes: " : "array can be read: ") + reason,
                "",
                isImage ? "give PNG, JPEG, BMP or GIF files" : "give .npy files, each with one row");
    }

    /// The usual name of a field of them.
    String plural();

    ElementType type();

    Shape row();

    /// Reads a file.
    ///
    /// @param to of the row's size
    /// @throws UnreadableRowException if it is damaged, or unlike the first
    void read(Path file, MemorySegment to) throws IOException;
}
