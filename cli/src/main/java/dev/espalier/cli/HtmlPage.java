package dev.espalier.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/// A page in HTML that needs nothing else: no scripts, no styles or fonts from elsewhere, light or dark as the reader
/// has it, for a phone and for paper. What is put into it comes from files of whoever, and is text, never markup; only
/// charts are drawn.
final class HtmlPage {
    private static final String STYLE = """
            :root{color-scheme:light dark;--fg:#1c2024;--bg:#fff;--soft:#5b6570;--rule:#d8dde2;--a:#8a97a5;--b:#1f6feb;\
            --good:#1a7f37;--bad:#c62828;--fair:#9a6700}
            @media(prefers-color-scheme:dark){:root{--fg:#e6e9ec;--bg:#14181c;--soft:#9aa5b1;--rule:#333b43;--a:#6c7a89;\
            --b:#5aa2ff;--good:#4cc46a;--bad:#ff6b6b;--fair:#e0b040}}
            @media print{:root{color-scheme:light;--fg:#000;--bg:#fff;--soft:#444;--rule:#bbb;--a:#999;--b:#1f4fa8;\
            --good:#1a7f37;--bad:#c62828;--fair:#7a5200}svg,table{break-inside:avoid}
            h2,h2+p,thead{break-after:avoid}body{max-width:none;font-size:14px}*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
            *{box-sizing:border-box}
            body{margin:0 auto;max-width:62rem;padding:1rem;font:16px/1.5 system-ui,sans-serif;color:var(--fg);\
            background:var(--bg);overflow-wrap:anywhere}
            h1{font-size:1.4rem;line-height:1.25;margin:.5rem 0}h2{font-size:1.15rem;margin:2rem 0 .5rem;\
            border-top:1px solid var(--rule);padding-top:1rem}
            p{margin:.4rem 0}summary{cursor:pointer;margin:.4rem 0}
            .good{color:var(--good)}.bad{color:var(--bad);font-weight:600}.fair{color:var(--fair)}.soft{color:var(--soft)}
            .verdict{font-size:1.5rem;font-weight:700;margin:0}
            .wide{overflow-x:auto}table{border-collapse:collapse;font-size:.9rem;margin:.5rem 0}
            th,td{text-align:left;padding:.25rem .9rem .25rem 0;border-bottom:1px solid var(--rule);\
            vertical-align:top;white-space:nowrap}th{font-weight:600}
            .n{text-align:right;font-variant-numeric:tabular-nums}td[style]{padding:.25rem .5rem}td.long{white-space:normal;min-width:11rem;width:100%}
            svg{display:block;width:100%;max-width:28rem;margin:.75rem 0}td svg{width:11rem;margin:0}
            svg text{font:11px system-ui,sans-serif;fill:var(--fg)}.a{fill:var(--a)}.b{fill:var(--b)}
            .rest{fill:var(--rule)}.none{fill:none}polyline{stroke-width:2}
            polyline.a{fill:none;stroke:var(--a)}polyline.b{fill:none;stroke:var(--b)}
            line.axis{stroke:var(--rule)}line.range{stroke:var(--b);stroke-width:2}
            line.bound{stroke:var(--bad);stroke-dasharray:4 3}
            .key svg{display:inline-block;width:.8em;height:.8em;margin:0 .35em 0 0}.key span{margin-right:1em}
            @media(max-width:40rem){th,td{padding-right:.6rem}td svg{width:6rem}.wide{font-size:.95rem}}
            """;

    /// How a text stands out.
    enum Mark {
        GOOD,
        FAIR,
        BAD,
        SOFT,
        NONE;

        /// The attribute of an element that stands out so.
        String attribute(String other) {
            String classes = (this == NONE ? other : name().toLowerCase(Locale.ROOT) + " " + other).strip();
            return classes.isEmpty() ? "" : " class=\"" + classes + "\"";
        }
    }

    private final String title;
    private final StringBuilder body = new StringBuilder();
    private boolean isInSection;

    /// @param title of the window
    HtmlPage(String title) {
        this.title = title;
    }

    /// What the page is about, and what is to be said of it first.
    void head(String about, Mark mark, String verdict) {
        element("h1", Mark.NONE, "", about);
        element("p", mark, "verdict", verdict);
    }

    /// Starts a part of the page, which ends where the next one starts.
    void section(String heading) {
        endSection();
        body.append("<section>");
        isInSection = true;
        element("h2", Mark.NONE, "", heading);
    }

    private void endSection() {
        body.append(isInSection ? "</section>\n" : "");
        isInSection = false;
    }

    void paragraph(String text) {
        paragraph(Mark.NONE, text);
    }

    void paragraph(Mark mark, String text) {
        element("p", mark, "", text);
    }

    /// The colours of two things that are compared in the charts.
    void key(String first, String second) {
        body.append("<p class=\"soft key\">")
                .append(swatch("a", first))
                .append(swatch("b", second))
                .append("</p>\n");
    }

    private static String swatch(String kind, String name) {
        return "<span><svg viewBox=\"0 0 1 1\" aria-hidden=\"true\"><rect class=\"" + kind
                + "\" width=\"1\" height=\"1\"/></svg>" + Html.escape(name) + "</span>";
    }

    void chart(SvgChart chart) {
        body.append(chart.markup()).append('\n');
    }

    /// A table that scrolls by itself where the page is too narrow for it.
    <R> void table(List<R> rows, List<HtmlColumn<R>> columns) {
        body.append("<div class=\"wide\"><table><thead><tr>");
        columns.forEach(column -> body.append(column.head()));
        body.append("</tr></thead><tbody>\n");
        for (R row : rows) {
            body.append("<tr>");
            columns.forEach(column -> body.append(column.cell(row)));
            body.append("</tr>\n");
        }
        body.append("</tbody></table></div>\n");
    }

    /// Something that is shown when it is asked for.
    void details(String summary, Consumer<HtmlPage> content) {
        body.append("<details>");
        element("summary", Mark.NONE, "", summary);
        content.accept(this);
        body.append("</details>\n");
    }

    private void element(String name, Mark mark, String classes, String text) {
        body.append('<' + name + mark.attribute(classes) + '>')
                .append(Html.escape(text))
                .append("</" + name + ">\n");
    }

    void write(Path file) throws IOException {
        endSection();
        Files.writeString(file, """
                <!DOCTYPE html>
                <html lang="en"><head><meta charset="utf-8">
                <meta name="viewport" content="width=device-width,initial-scale=1">
                <meta http-equiv="Content-Security-Policy" content="default-src 'none';style-src 'unsafe-inline'">
                <title>%s</title>
                <style>
                %s</style></head><body>
                %s</body></html>
                """.formatted(Html.escape(title), STYLE, body));
    }
}
