package dev.espalier.run.data;

import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.IndexedCsvReader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/// The lines of a [Table], a page of them in memory at a time.
final class Records implements Closeable {
    private static final int PAGE = 64;
    private static final int MOST_COLUMNS = 10_000;

    private final IndexedCsvReader<CsvRecord> reader;
    private final String where;
    private final int header;
    private final List<Cells> columns = new ArrayList<>();
    private long rows;
    private List<CsvRecord> page = List.of();
    private int pageNumber = -1;

    private Records(IndexedCsvReader<CsvRecord> reader, String where, int header) {
        this.reader = reader;
        this.where = where;
        this.header = header;
    }

    /// Looks at all cells.
    ///
    /// @throws DataException if it is empty, or has columns of one name
    static Records open(Path file, Table.Format format) throws IOException {
        IndexedCsvReader<CsvRecord> reader = IndexedCsvReader.builder()
                .fieldSeparator(format.separator)
                .quoteCharacter(format.quote)
                .pageSize(PAGE)
                .ofCsvRecord(file);
        Records records = new Records(reader, "file '" + file + "'", format.hasHeader ? 1 : 0);
        try {
            records.scan(format);
            return records;
        } catch (IOException | RuntimeException e) {
            reader.close();
            throw e;
        }
    }

    private void scan(Table.Format format) throws IOException {
        rows = reader.getIndex().recordCount() - header;
        if (rows < 1) {
            throw new DataException("an empty table", where, "give a line of names and a line for each row");
        }
        List<String> names = format.hasHeader ? at(0).getFields() : List.of("text");
        if (names.size() > MOST_COLUMNS || new HashSet<>(names).size() < names.size()) {
            throw new DataException(
                    names.size() > MOST_COLUMNS
                            ? names.size() + " columns are too many"
                            : "two columns have the same name",
                    where,
                    "the first line names the columns");
        }
        for (String name : names) {
            columns.add(new Cells(name.strip(), columns.size()));
        }
        for (long row = 0; row < rows; row++) {
            List<String> fields = at(row + header).getFields();
            if (fields.size() == columns.size()) {
                columns.forEach(column -> column.add(fields.get(column.index())));
            }
        }
    }

    List<Cells> columns() {
        return columns;
    }

    /// @throws DataException if there is none of this name
    Cells column(String name) {
        return columns.stream()
                .filter(column -> column.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new DataException(
                        "the data has no column '" + name + "'",
                        where,
                        "it has " + columns.stream().map(Cells::name).toList()));
    }

    long rows() {
        return rows;
    }

    /// The cells of a row.
    ///
    /// @throws UnreadableRowException if there are more or fewer than columns
    List<String> record(long row) throws IOException {
        CsvRecord record = at(row + header);
        if (record.getFieldCount() != columns.size()) {
            throw new UnreadableRowException("line " + record.getStartingLineNumber() + " has " + record.getFieldCount()
                    + " cells, the table has " + columns.size() + " columns");
        }
        return record.getFields();
    }

    private CsvRecord at(long record) throws IOException {
        int wanted = Math.toIntExact(record / PAGE);
        if (wanted != pageNumber) {
            page = reader.readPage(wanted);
            pageNumber = wanted;
        }
        return page.get((int) (record % PAGE));
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
