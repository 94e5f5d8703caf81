package dev.espalier.cli;

import dev.espalier.pruning.LayerSparsity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// The answers of `verify-sparsity` as one page that needs nothing else: no scripts, no styles or fonts
/// from elsewhere, light or dark as the reader has it. Every name comes from a file of whoever, and is
/// text, never markup.
final class HtmlReport {
    private static final String STYLE = """
            :root { color-scheme: light dark; --line: #d0d7de; --good: #1a7f37; --bad: #cf222e; --fair: #9a6700;
              --bar: #0969da; --rest: #d0d7de; }
            @media (prefers-color-scheme: dark) { :root { --line: #3d444d; --good: #3fb950; --bad: #f85149;
              --fair: #d29922; --bar: #4493f8; --rest: #3d444d; } }
            body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
            h1 { font-size: 1.4rem; overflow-wrap: anywhere; } h2 { font-size: 1.1rem; margin-top: 2rem; }
            .wide { overflow-x: auto; }
            table { border-collapse: collapse; }
            th, td { border-bottom: 1px solid var(--line); padding: .25rem .75rem .25rem 0; text-align: left;
              vertical-align: top; overflow-wrap: anywhere; }
            th { font-weight: 600; min-width: 4rem; } td.number, th.number { text-align: right; white-space: nowrap; }
            .good { color: var(--good); } .bad { color: var(--bad); font-weight: 600; } .fair { color: var(--fair); }
            svg { display: block; } .bar { fill: var(--bar); } .rest { fill: var(--rest); }
            dt { font-weight: 600; margin-top: .75rem; overflow-wrap: anywhere; } dd { margin-left: 1rem; }
            """;

    private static final Set<String> NUMBERS =
            Set.of("sparse", "dense", "revived", "lost", "parameters", "bytes", "zeros %");

    private static final int BAR_WIDTH = 240;
    private static final int BAR_HEIGHT = 14;

    private final VerifyReport report;
    private final List<LayerSparsity> layers;
    private final StringBuilder html = new StringBuilder();

    private HtmlReport(VerifyReport report, List<LayerSparsity> layers) {
        this.report = report;
        this.layers = layers;
    }

    static void write(VerifyReport report, List<LayerSparsity> layers, Path file) throws IOException {
        Files.writeString(file, new HtmlReport(report, layers).page());
    }

    private String page() {
        html.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
                .append("<meta http-equiv=\"Content-Security-Policy\" ")
                .append("content=\"default-src 'none'; style-src 'unsafe-inline'\">\n");
        element("title", report.model() + ": " + report.verdict());
        html.append("<style>\n").append(STYLE).append("</style>\n</head>\n<body>\n");
        html.append("<h1>").append(text(report.model())).append(": ");
        span(report.verified() ? "good" : "bad", report.verdict());
        html.append("</h1>\n");
        checks();
        findings();
        survival();
        layers();
        return html.append("</body>\n</html>\n").toString();
    }

    private void checks() {
        element("h2", "Checks");
        open("check", "about", "holds", "");
        for (VerifyReport.Check check : report.checks()) {
            String style = check.answer().equals("yes") ? "good" : check.required() ? "bad" : "fair";
            row(cell(check.check()), cell(check.question()), marked(style, check.answer()), cell(check.told()));
        }
        close();
    }

    private void findings() {
        if (report.findings().isEmpty()) {
            return;
        }
        element("h2", "Findings");
        html.append("<dl>\n");
        for (VerifyReport.Found found : report.findings()) {
            element("dt", (found.finding() + " " + found.tensor()).strip());
            element("dd", found.detail());
        }
        html.append("</dl>\n");
    }

    private void survival() {
        if (report.survival().isEmpty()) {
            return;
        }
        element("h2", "Survival");
        open("saved by", "sparse", "dense", "revived", "lost", "file");
        for (VerifyReport.Saved saved : report.survival()) {
            row(
                    cell(saved.tool()),
                    number(Figures.count(saved.sparse())),
                    number(Figures.count(saved.dense())),
                    number(Figures.count(saved.revived())),
                    number(Figures.count(saved.lost())),
                    saved.failure().isEmpty() && saved.refusal().isEmpty()
                            ? cell(saved.size())
                            : marked("bad", saved.size()));
        }
        close();
        for (VerifyReport.Saved saved : report.survival()) {
            if (!saved.tensors().isEmpty()) {
                html.append("<details>\n");
                element("summary", "each tensor, " + saved.tool());
                open("tensor", "is", "");
                saved.tensors()
                        .forEach(t -> row(cell(t.tensor()), marked(styleOf(t.fate()), t.fate()), cell(t.detail())));
                close();
                html.append("</details>\n");
            }
        }
    }

    private static String styleOf(String fate) {
        return switch (fate) {
            case "sparse" -> "good";
            case "dense" -> "fair";
            default -> "bad";
        };
    }

    private void layers() {
        element("h2", "Weights");
        open("weight", "stored", "parameters", "bytes", "zeros %", "");
        for (LayerSparsity layer : layers) {
            long elements = layer.weight().elementCount();
            row(
                    cell(layer.weight().name()),
                    cell(layer.storage()),
                    number(Figures.count(elements)),
                    number(Figures.bytes(layer.bytes())),
                    number(Figures.percent(layer.zeros(), elements)),
                    "<td>" + bar(layer.percent()) + "</td>");
        }
        close();
    }

    private static String bar(double percent) {
        return String.format(
                Locale.ROOT,
                "<svg width=\"%1$d\" height=\"%2$d\" role=\"img\" aria-label=\"%3$.2f %% zero\">"
                        + "<rect class=\"rest\" width=\"%1$d\" height=\"%2$d\" rx=\"2\"/>"
                        + "<rect class=\"bar\" width=\"%4$.1f\" height=\"%2$d\" rx=\"2\"/></svg>",
                BAR_WIDTH,
                BAR_HEIGHT,
                percent,
                percent / 100 * BAR_WIDTH);
    }

    private void open(String... columns) {
        html.append("<div class=\"wide\"><table>\n<tr>");
        for (String column : columns) {
            html.append(NUMBERS.contains(column) ? "<th class=\"number\">" : "<th>")
                    .append(text(column))
                    .append("</th>");
        }
        html.append("</tr>\n");
    }

    private void close() {
        html.append("</table></div>\n");
    }

    private void row(String... cells) {
        html.append("<tr>").append(String.join("", cells)).append("</tr>\n");
    }

    private static String cell(String text) {
        return "<td>" + text(text) + "</td>";
    }

    private static String number(String text) {
        return "<td class=\"number\">" + text(text) + "</td>";
    }

    private static String marked(String style, String text) {
        return "<td class=\"" + style + "\">" + text(text) + "</td>";
    }

    private void element(String name, String text) {
        html.append('<')
                .append(name)
                .append('>')
                .append(text(text))
                .append("</")
                .append(name)
                .append(">\n");
    }

    private void span(String style, String text) {
        html.append("<span class=\"")
                .append(style)
                .append("\">")
                .append(text(text))
                .append("</span>");
    }

    /// Nothing in it ends the element or the attribute that it is in.
    private static String text(String any) {
        return any.replaceAll("[\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F\\x7F]", "?")
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
