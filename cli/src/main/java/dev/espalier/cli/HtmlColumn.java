package dev.espalier.cli;

import java.util.function.Function;

/// A column of a table in an [HtmlPage].
///
/// @param kind `n` for numbers, `long` for sentences, else empty
/// @param mark how a cell stands out
/// @param content what is in a cell, escaped
record HtmlColumn<R>(String title, String kind, Function<R, HtmlPage.Mark> mark, Function<R, String> content) {
    static <R> HtmlColumn<R> text(String title, Function<R, String> text) {
        return of(title, "", text);
    }

    static <R> HtmlColumn<R> number(String title, Function<R, String> text) {
        return of(title, "n", text);
    }

    /// Sentences, which are broken into lines.
    static <R> HtmlColumn<R> prose(String title, Function<R, String> text) {
        return of(title, "long", text);
    }

    static <R> HtmlColumn<R> chart(String title, Function<R, SvgChart> chart) {
        return new HtmlColumn<>(
                title, "", row -> HtmlPage.Mark.NONE, row -> chart.apply(row).markup());
    }

    private static <R> HtmlColumn<R> of(String title, String kind, Function<R, String> text) {
        return new HtmlColumn<>(title, kind, row -> HtmlPage.Mark.NONE, row -> Html.escape(text.apply(row)));
    }

    /// The same column, with cells that stand out.
    HtmlColumn<R> marked(Function<R, HtmlPage.Mark> how) {
        return new HtmlColumn<>(title, kind, how, content);
    }

    String head() {
        return "<th" + HtmlPage.Mark.NONE.attribute(kind) + ">" + Html.escape(title) + "</th>";
    }

    String cell(R row) {
        return "<td" + mark.apply(row).attribute(kind) + ">" + content.apply(row) + "</td>";
    }
}
