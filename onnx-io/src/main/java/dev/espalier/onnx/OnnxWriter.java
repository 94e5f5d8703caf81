package dev.espalier.onnx;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes ONNX files. Everything goes to temporary files in the output's folder, which are moved into place when they
/// are complete: a reader sees the old file or the new one, and a failure leaves nothing behind.
///
/// Constants that are external when they are written go to one file beside the model, in their old order and at their
/// old alignment.
public final class OnnxWriter {
    /// Bytes of a file that is written.
    ///
    /// @param model the ONNX file
    /// @param external the file of external data; 0 if there is none
    /// @param files the files of external data
    public record Sizes(long model, long external, List<Path> files) {
        /// Both together.
        public long total() {
            return model + external;
        }
    }

    private OnnxWriter() {}

    /// Writes a model, replacing what is there; external data goes to a file named after it with `.data` added.
    ///
    /// @throws IOException if the folder is missing or cannot be written to, or the disk is full
    /// @throws OnnxFormatException if the model would pass the 2 GiB that an ONNX file may have
    /// @throws ExternalDataException if the file of external data would replace one that the model is read from
    public static Sizes write(Model model, Path file) throws IOException {
        return write(model, file, file.getFileName() + ".data");
    }

    /// The same with another name for the file of external data.
    ///
    /// @param dataName a file name without a folder, not the model's own
    public static Sizes write(Model model, Path file, String dataName) throws IOException {
        Path folder = folderOf(file);
        Path data = folder.resolve(dataName);
        ExternalLayout layout = ExternalLayout.of(model, dataName);
        Blobs blobs = model.blobs().copy();
        byte[] slim = new GraphWriter(model, layout, blobs).write().toByteArray();
        long size = RawDataWire.fullLength(slim, blobs);
        requireFits(size, file);
        // Where nothing is replaced, a machine that loses its power now loses nothing that there was.
        boolean isReplaced = Files.exists(file) || Files.exists(data);
        Path temporary = null;
        Path temporaryData = null;
        try {
            if (!layout.isEmpty()) {
                refuseOverwritingSource(model, data);
                temporaryData = Files.createTempFile(folder, "." + data.getFileName(), ".tmp");
                Path target = temporaryData;
                naming(data, () -> layout.write(target, isReplaced));
            }
            temporary = Files.createTempFile(folder, "." + file.getFileName(), ".tmp");
            Path target = temporary;
            naming(file, () -> write(slim, blobs, target, isReplaced));
            if (temporaryData != null) {
                move(temporaryData, data);
            }
            move(temporary, file);
            return new Sizes(size, layout.size(), layout.isEmpty() ? List.of() : List.of(data));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } finally {
            delete(temporary);
            delete(temporaryData);
        }
    }

    /// Fails if a model cannot be written there, before any work is done: the folder is missing or not writable, or the
    /// path is a folder or a device.
    ///
    /// @throws IOException says which
    public static void probe(Path file) throws IOException {
        Path folder = folderOf(file);
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new FileSystemException(file.toString(), null, "it exists and is not a file");
        }
        Files.delete(Files.createTempFile(folder, "." + file.getFileName(), ".tmp"));
    }

    /// Bytes that the model would take in a file, external data not counted, without writing it.
    public static long size(Model model) {
        Blobs blobs = model.blobs().copy();
        byte[] slim = new GraphWriter(model, ExternalLayout.of(model, "x"), blobs)
                .write()
                .toByteArray();
        return RawDataWire.fullLength(slim, blobs);
    }

    private static Path folderOf(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new NoSuchFileException(String.valueOf(folder), null, "the output folder does not exist");
        }
        return folder;
    }

    private static void requireFits(long size, Path file) {
        if (size > Integer.MAX_VALUE) {
            throw new OnnxFormatException(
                    "the model would have " + size + " bytes, and an ONNX file ends at 2 GiB",
                    "file '" + file + "'",
                    "weights beyond that belong in external data");
        }
    }

    private static void refuseOverwritingSource(Model model, Path data) throws IOException {
        if (!Files.exists(data)) {
            return;
        }
        Path real = data.toRealPath();
        boolean isModel =
                model.source().isPresent() && real.equals(model.source().get().toRealPath());
        if (isModel || model.externalFiles().contains(real)) {
            throw new ExternalDataException(
                    "the output's data file is one that the input is read from",
                    "file '" + data + "'",
                    "choose another output name or folder");
        }
    }

    private interface Writing {
        void run() throws IOException;
    }

    /// The system does not say which file it could not write, and the temporary one would tell nobody anything.
    private static void naming(Path file, Writing writing) throws IOException {
        try {
            writing.run();
        } catch (IOException e) {
            throw (IOException) new FileSystemException(file.toString(), null, e.getMessage()).initCause(e);
        }
    }

    private static void write(byte[] slim, Blobs blobs, Path file, boolean isDurable) throws IOException {
        try (BufferedChannel out = BufferedChannel.to(file, isDurable)) {
            RawDataWire.put(slim, blobs, out::write);
        }
    }

    private static void move(Path from, Path to) throws IOException {
        Permissions.likeNewFile(from);
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void delete(@Nullable Path temporary) throws IOException {
        if (temporary != null) {
            Files.deleteIfExists(temporary);
        }
    }
}
