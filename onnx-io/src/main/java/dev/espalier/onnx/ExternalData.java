package dev.espalier.onnx;

import dev.espalier.onnx.proto.StringStringEntryProto;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The files beside a model that hold tensor data (TensorProto.external_data). Each is mapped once, and none may lie
/// outside the model's folder: not by `..`, not by an absolute path, not by a symbolic link.
public final class ExternalData {
    /// A part of an external file.
    ///
    /// @param location the file, relative to the model's folder, as the model names it
    /// @param offset bytes from its start
    /// @param length bytes
    public record Range(String location, long offset, long length) {}

    private final @Nullable Path folder;
    private final Map<String, MemorySegment> mapped = new HashMap<>();
    private final Set<Path> files = new TreeSet<>();

    /// @param folder the model's folder; null for a model that is not in a file and may have no external data
    ExternalData(@Nullable Path folder) {
        this.folder = folder;
    }

    /// The files that were opened, as real paths.
    Set<Path> files() {
        return files;
    }

    /// Reads the entries `location`, `offset` and `length`.
    ///
    /// @param expected bytes that the tensor takes
    Range range(List<StringStringEntryProto> entries, long expected, String where) {
        String location = "";
        long offset = 0;
        long length = expected;
        for (StringStringEntryProto entry : entries) {
            switch (entry.getKey()) {
                case "location" -> location = entry.getValue();
                case "offset" -> offset = number(entry, where);
                case "length" -> length = number(entry, where);
                default -> {
                    // A checksum is of the whole file as its author had it; whoever prunes changes that file.
                }
            }
        }
        if (length != expected) {
            throw new ExternalDataException(
                    "external data has a length of " + length + " bytes, the tensor takes " + expected,
                    where,
                    "the file was written wrongly; export the model again");
        }
        return new Range(location, offset, length);
    }

    private static long number(StringStringEntryProto entry, String where) {
        try {
            long value = Long.parseLong(entry.getValue().strip());
            if (value >= 0) {
                return value;
            }
        } catch (NumberFormatException e) {
            // The message below says it.
        }
        throw new ExternalDataException(
                "external data has the " + entry.getKey() + " '" + entry.getValue() + "', which is no byte count",
                where,
                "the file was written wrongly; export the model again");
    }

    /// The bytes of a range, mapped.
    MemorySegment read(Range range, String where) {
        MemorySegment file = mapped.get(range.location());
        if (file == null) {
            file = map(range.location(), where);
            mapped.put(range.location(), file);
        }
        if (range.offset() > file.byteSize() || range.length() > file.byteSize() - range.offset()) {
            throw new ExternalDataException(
                    "external file '" + range.location() + "' is too short: " + file.byteSize() + " bytes, needed are "
                            + range.length() + " from byte " + range.offset() + " on",
                    where,
                    "copy the whole file; an interrupted download leaves it short");
        }
        return file.asSlice(range.offset(), range.length());
    }

    private MemorySegment map(String location, String where) {
        Path path = resolve(location, where);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            files.add(path);
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
        } catch (IOException e) {
            throw new ExternalDataException(
                    "cannot read external file '" + location + "': " + e.getMessage(), where, "check its permissions");
        }
    }

    private Path resolve(String location, String where) {
        if (folder == null) {
            throw new ExternalDataException(
                    "external file '" + location + "' of a model that is not in a folder", where, "");
        }
        try {
            Path relative = Path.of(location);
            if (location.isEmpty() || relative.isAbsolute() || location.contains("\\") || hasParent(relative)) {
                throw outside(location, where);
            }
            Path real = folder.resolve(relative).toRealPath();
            if (!real.startsWith(folder.toRealPath())) {
                throw outside(location, where);
            }
            if (!Files.isRegularFile(real)) {
                throw new ExternalDataException("external file '" + location + "' is not a file", where, "");
            }
            return real;
        } catch (NoSuchFileException e) {
            throw new ExternalDataException(
                    "external file '" + location + "' is missing", where, "copy it into the model's folder, " + folder);
        } catch (InvalidPathException e) {
            throw outside(location, where);
        } catch (IOException e) {
            throw new ExternalDataException(
                    "cannot read external file '" + location + "': " + e.getMessage(), where, "check its permissions");
        }
    }

    private static boolean hasParent(Path path) {
        for (Path element : path) {
            if (element.toString().equals("..")) {
                return true;
            }
        }
        return false;
    }

    private static ExternalDataException outside(String location, String where) {
        return new ExternalDataException(
                "external file '" + location + "' is not inside the model's folder",
                where,
                "absolute paths, '..' and links to other folders are refused: put the file beside the model");
    }
}
