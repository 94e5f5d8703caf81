package dev.espalier.cli;

import java.util.List;
import java.util.function.Function;

/// Pieces of a page in HTML. Every text from outside goes through [#escape].
final class Html {
    private Html() {}

    /// A text as the content of an element or of a quoted attribute.
    static String escape(String text) {
        StringBuilder escaped = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.append(Character.isISOControl(c) && c != '\n' ? ' ' : c);
            }
        }
        return escaped.toString();
    }

    /// A column of a table.
    record Column<R>(String title, boolean isNumber, Function<R, String> cell) {}

    static <R> Column<R> text(String title, Function<R, String> cell) {
        return new Column<>(title, false, cell);
    }

    static <R> Column<R> number(String title, Function<R, String> cell) {
        return new Column<>(title, true, cell);
    }

    /// A table that scrolls by itself where the page is too narrow for it.
    static <R> String table(List<R> rows, List<Column<R>> columns) {
        StringBuilder html = new StringBuilder("<div class=\"wide\"><table><thead><tr>");
        for (Column<R> column : columns) {
            html.append(column.isNumber ? "<th class=\"n\">" : "<th>")
                    .append(escape(column.title))
                    .append("</th>");
        }
        html.append("</tr></thead><tbody>\n");
        for (R row : rows) {
            html.append("<tr>");
            for (Column<R> column : columns) {
                html.append(column.isNumber ? "<td class=\"n\">" : "<td>")
                        .append(escape(column.cell.apply(row)))
                        .append("</td>");
            }
            html.append("</tr>\n");
        }
        return html.append("</tbody></table></div>\n").toString();
    }
}
