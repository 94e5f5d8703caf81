package dev.espalier.run.data;

import de.siegmar.fastcsv.reader.CsvParseException;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A file of columns, which may be numbers, `true` and `false`, names of files that hold an image or an array each, or
/// texts: those become tokens if there is a tokenizer, and numbers in the order of the alphabet if they are few.
///
/// What a column is follows from all of its cells, which are read once when the table is opened; then a few rows at a
/// time.
final class Table implements Dataset {
    /// How a file is divided.
    enum Format {
        CSV(',', '"', true),
        TSV('\t', '"', true),
        /// One text in each line, and nothing that divides or quotes it.
        LINES('\u0001', '\u0002', false);

        final char separator;
        final char quote;
        final boolean hasHeader;

        Format(char separator, char quote, boolean hasHeader) {
            this.separator = separator;
            this.quote = quote;
            this.hasHeader = hasHeader;
        }
    }

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble DOUBLE =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final List<String> LABELS = List.of("labels", "label", "class", "target", "targets", "y");

    /// A field and how a cell becomes a row of it.
    private record Column(Field field, Rows.Reader reader, List<String> names, boolean isImage) {}

    private final Path source;
    private final Records records;
    private final Map<String, Column> columns = new LinkedHashMap<>();
    private @Nullable Tokens tokens;

    private Table(Path source, Records records) {
        this.source = source;
        this.records = records;
    }

    /// @throws DataException if it is no such table
    static Table open(Path file, Format format, ReadOptions options) throws IOException {
        Records records;
        try {
            records = Records.open(file, format);
        } catch (CsvParseException e) {
            throw new DataException(
                    "not a table: " + e.getMessage(),
                    "file '" + file + "'",
                    "write it again, with quotes where needed");
        }
        Table table = new Table(file, records);
        try {
            for (Cells cells : records.columns()) {
                table.add(cells, options.preprocess());
            }
            if (options.text().isPresent()) {
                table.addTokens(options.text().get());
            }
            return table;
        } catch (IOException | RuntimeException e) {
            table.close();
            throw e;
        }
    }

    private void add(Cells cells, Preprocess preprocess) throws IOException {
        int index = cells.index();
        switch (cells.kind()) {
            case FLAG ->
                put(
                        cells,
                        ElementType.BOOL,
                        (row, to) -> to.set(ValueLayout.JAVA_BYTE, 0, (byte)
                                (cell(row, index).equalsIgnoreCase("true") ? 1 : 0)));
            case INTEGER -> put(cells, ElementType.I64, (row, to) -> to.set(LONG, 0, Long.parseLong(cell(row, index))));
            case NUMBER -> put(cells, ElementType.F64, (row, to) -> to.set(DOUBLE, 0, Cells.number(cell(row, index))));
            case FILE -> addFiles(cells, preprocess);
            case TEXT -> {
                List<String> names = cells.distinct();
                if (!names.isEmpty()) {
                    Field field = new Field(cells.name(), records.rows(), ElementType.I64, Shape.of());
                    Rows.Reader reader = (row, to) -> to.set(LONG, 0, names.indexOf(cell(row, index)));
                    columns.put(cells.name(), new Column(field, reader, names, false));
                }
            }
        }
    }

    private void put(Cells cells, ElementType type, Rows.Reader reader) {
        Field field = new Field(cells.name(), records.rows(), type, Shape.of());
        columns.put(cells.name(), new Column(field, reader, List.of(), false));
    }

    private void addFiles(Cells cells, Preprocess preprocess) throws IOException {
        List<Path> first = new ArrayList<>();
        for (String cell : cells.first()) {
            first.add(file(cell));
        }
        RowFile kind = RowFile.of(first, preprocess);
        Field field = new Field(cells.name(), records.rows(), kind.type(), kind.row());
        Rows.Reader reader = (row, to) -> kind.read(file(cell(row, cells.index())), to);
        columns.put(cells.name(), new Column(field, reader, List.of(), kind instanceof Images));
    }

    /// A file that a cell names: in the table's folder, or below it.
    private Path file(String cell) {
        try {
            Path folder = source.toAbsolutePath().getParent();
            Path file = folder == null ? Path.of(cell) : folder.resolve(cell).normalize();
            if (folder != null && file.startsWith(folder.normalize())) {
                return file;
            }
        } catch (InvalidPathException e) {
            throw new DataException("'" + cell + "' is no name of a file: " + e.getReason(), where(), "check the row");
        }
        throw new DataException(
                "'" + cell + "' is not in the folder of the table",
                where(),
                "files are named from the table's folder, and stay in it");
    }

    private void addTokens(ReadOptions.Text text) throws IOException {
        List<Cells> texts = text.columns().isEmpty()
                ? records.columns().stream()
                        .filter(c -> c.kind() == Cells.Kind.TEXT && !LABELS.contains(c.name()))
                        .toList()
                : text.columns().stream().map(records::column).toList();
        if (texts.isEmpty() || texts.size() > 2) {
            throw new DataException(
                    texts.isEmpty() ? "no column of text" : texts.size() + " columns of text",
                    where(),
                    "name one with --text COLUMN, or two that belong together with --text FIRST,SECOND");
        }
        Tokens made = Tokens.open(text);
        tokens = made;
        texts.forEach(cells -> columns.remove(cells.name()));
        boolean isApart = text.isApart() && texts.size() == 2;
        for (Field field : made.fields(records.rows() * (isApart ? 2 : 1))) {
            Rows.Reader reader = (row, to) -> {
                List<String> record = records.record(isApart ? row / 2 : row);
                List<String> words = isApart
                        ? List.of(record.get(texts.get((int) (row % 2)).index()))
                        : texts.stream().map(c -> record.get(c.index())).toList();
                made.write(words, field.name(), to);
            };
            columns.put(field.name(), new Column(field, reader, List.of(), false));
        }
    }

    private String where() {
        return "file '" + source + "'";
    }

    private String cell(long row, int index) throws IOException {
        String cell = records.record(row).get(index).strip();
        if (cell.isEmpty()) {
            throw new UnreadableRowException("row " + row + " has nothing in column '"
                    + records.columns().get(index).name() + "'");
        }
        return cell;
    }

    @Override
    public Path source() {
        return source;
    }

    @Override
    public List<Field> fields() {
        return columns.values().stream().map(Column::field).toList();
    }

    @Override
    public Optional<Field> find(String name) {
        return Optional.ofNullable(columns.get(name)).map(Column::field);
    }

    private Column column(Field field) {
        Column column = columns.get(field.name());
        if (column == null) {
            throw new IllegalArgumentException("no field of this data: " + field);
        }
        return column;
    }

    @Override
    public boolean isResized(Field field) {
        return column(field).isImage;
    }

    @Override
    public List<String> names(Field field) {
        return column(field).names;
    }

    @Override
    public Rows rows(Field field, boolean anyOrder) {
        return Rows.of(column(field).reader);
    }

    @Override
    public void close() throws IOException {
        if (tokens != null) {
            tokens.close();
        }
        records.close();
    }
}
