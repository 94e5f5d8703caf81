package dev.espalier.cli;

import java.io.PrintStream;
import java.util.List;
import java.util.stream.Collectors;

/// Comma-separated values (RFC 4180).
final class CsvReport {
    private CsvReport() {}

    static void print(List<List<Object>> rows, PrintStream out) {
        for (List<Object> row : rows) {
            out.print(row.stream().map(CsvReport::field).collect(Collectors.joining(",")) + "\r\n");
        }
    }

    private static String field(Object value) {
        String text = value.toString();
        return text.matches("[^\",\\r\\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
}
