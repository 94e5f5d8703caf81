package dev.espalier.run.data;

import dev.espalier.sparse.InputException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/// A file of NumPy's that holds several arrays by name: a zip file with a member `name.npy` for each, compressed
/// or not. Members are read as streams; only what must be read out of order is copied to a temporary file first.
final class NpzFile implements Dataset {
    private static final String SUFFIX = ".npy";
    /// More members than any data set has: an archive may claim millions.
    private static final int MOST_MEMBERS = 10_000;

    private final Path source;
    private final ZipFile zip;
    private final Map<String, NpyArray> arrays = new LinkedHashMap<>();
    /// Why a member cannot be used; said when it is asked for.
    private final Map<String, InputException> unusable = new LinkedHashMap<>();

    private NpzFile(Path source, ZipFile zip) {
        this.source = source;
        this.zip = zip;
    }

    /// @throws DataException if it is no zip file
    static NpzFile open(Path file) throws IOException {
        ZipFile zip;
        try {
            zip = new ZipFile(file.toFile());
        } catch (ZipException | EOFException e) {
            throw new DataException(
                    "not a NumPy archive: " + e.getMessage(),
                    "file '" + file + "'",
                    "the file is damaged or no .npz file: copy it, or write it with numpy.savez, again");
        }
        NpzFile npz = new NpzFile(file, zip);
        try {
            npz.readHeaders();
            return npz;
        } catch (IOException | RuntimeException e) {
            zip.close();
            throw e;
        }
    }

    private void readHeaders() throws IOException {
        if (zip.size() > MOST_MEMBERS) {
            throw new DataException("an archive of " + zip.size() + " members", where(), "give one with a few arrays");
        }
        for (ZipEntry entry : zip.stream().map(ZipEntry.class::cast).toList()) {
            if (entry.getName().endsWith(SUFFIX)) {
                String name = entry.getName().substring(0, entry.getName().length() - SUFFIX.length());
                readHeader(entry, name);
            }
        }
        if (arrays.isEmpty() && unusable.isEmpty()) {
            throw new DataException("a NumPy archive without arrays", where(), "write it with numpy.savez");
        }
    }

    private void readHeader(ZipEntry entry, String name) throws IOException {
        String member = where() + ", array '" + name + "'";
        try {
            NpyArray array = NpyArray.of(member, entry.getSize(), () -> zip.getInputStream(entry));
            array.field(name);
            arrays.put(name, array);
        } catch (DataException e) {
            unusable.put(name, e);
        } catch (ZipException | EOFException e) {
            unusable.put(name, NpyArray.truncated(member, String.valueOf(e.getMessage())));
        }
    }

    private String where() {
        return "file '" + source + "'";
    }

    @Override
    public Path source() {
        return source;
    }

    /// Names of all arrays, also of those that cannot be used.
    List<String> names() {
        return Stream.concat(arrays.keySet().stream(), unusable.keySet().stream())
                .toList();
    }

    @Override
    public List<Field> fields() {
        List<Field> fields = new ArrayList<>();
        arrays.forEach((name, array) -> fields.add(array.field(name)));
        return fields;
    }

    /// @throws DataException if there is such an array, and it cannot be used
    @Override
    public Optional<Field> find(String name) {
        InputException reason = unusable.get(name);
        if (reason != null) {
            throw reason;
        }
        return Dataset.super.find(name);
    }

    @Override
    public Rows rows(Field field, boolean anyOrder) throws IOException {
        NpyArray array = arrays.get(field.name());
        if (array == null) {
            throw new IllegalArgumentException("no field of this data: " + field);
        }
        return anyOrder || array.header().isFortran() ? array.copied() : array.streamed();
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
