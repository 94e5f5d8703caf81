package dev.espalier.cli;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.ColumnData;
import com.github.freva.asciitable.HorizontalAlign;
import com.github.freva.asciitable.OverflowBehaviour;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/// A table in plain text: no lines, columns two spaces apart. On a terminal it fits its width: columns of names are
/// shortened in the middle, where names differ least, down to a width at which they still tell.
final class TextTable<R> {
    private static final int GAP = 2;
    private static final int SHORTEST_NAME = 12;

    private record Header<R>(
            String title, boolean isName, boolean isNumber, boolean isDispensable, Function<R, String> cell) {}

    private final List<Header<R>> headers = new ArrayList<>();

    /// A column of names, which may be shortened.
    TextTable<R> name(String title, Function<R, String> cell) {
        headers.add(new Header<>(title, true, false, false, cell));
        return this;
    }

    /// A column of names that is left out where it does not fit.
    TextTable<R> dispensableName(String title, Function<R, String> cell) {
        headers.add(new Header<>(title, true, false, true, cell));
        return this;
    }

    /// A column of words.
    TextTable<R> text(String title, Function<R, String> cell) {
        headers.add(new Header<>(title, false, false, false, cell));
        return this;
    }

    /// A column of numbers, flush right.
    TextTable<R> number(String title, Function<R, String> cell) {
        headers.add(new Header<>(title, false, true, false, cell));
        return this;
    }

    /// The table, without a line break at its end.
    ///
    /// @param columns width to fit; 0 for any
    String render(List<R> rows, int columns) {
        List<Header<R>> shown = new ArrayList<>(headers);
        int limit = nameWidth(shown, rows, columns);
        if (limit < SHORTEST_NAME) {
            shown.removeIf(Header::isDispensable);
            limit = nameWidth(shown, rows, columns);
        }
        int width = Math.max(limit, SHORTEST_NAME);
        List<ColumnData<R>> data =
                shown.stream().map(header -> column(header, width)).toList();
        String table = AsciiTable.builder()
                .border(AsciiTable.NO_BORDERS)
                .data(rows, data)
                .asString();
        return table.lines()
                .filter(line -> !line.isBlank())
                .map(line -> line.substring(1).stripTrailing())
                .collect(Collectors.joining("\n"));
    }

    /// How wide each column of names may be.
    private int nameWidth(List<Header<R>> shown, List<R> rows, int columns) {
        if (columns == 0) {
            return Integer.MAX_VALUE;
        }
        int left = columns;
        int names = 0;
        int widest = 0;
        for (Header<R> header : shown) {
            int width = header.title.length();
            for (R row : rows) {
                width = Math.max(width, header.cell.apply(row).length());
            }
            left -= GAP;
            if (header.isName) {
                names++;
                widest = Math.max(widest, width);
            } else {
                left -= width;
            }
        }
        return names == 0 ? Integer.MAX_VALUE : Math.min(widest, left / names);
    }

    private static <R> ColumnData<R> column(Header<R> header, int nameWidth) {
        HorizontalAlign align = header.isNumber ? HorizontalAlign.RIGHT : HorizontalAlign.LEFT;
        return new Column()
                .header(header.title)
                .headerAlign(align)
                .dataAlign(align)
                .maxWidth(Integer.MAX_VALUE, OverflowBehaviour.CLIP_RIGHT)
                .with(row -> header.isName ? shorten(header.cell.apply(row), nameWidth) : header.cell.apply(row));
    }

    private static String shorten(String name, int width) {
        if (name.length() <= width) {
            return name;
        }
        int tail = (width - 1) * 2 / 3;
        return name.substring(0, width - 1 - tail) + "…" + name.substring(name.length() - tail);
    }
}
