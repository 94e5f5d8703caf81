package dev.espalier.cli;

import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/// A column of a table in an [HtmlPage].
///
/// @param kind `n` for numbers, `long` for sentences, else empty
/// @param mark how a cell stands out
/// @param heat how strongly a cell is coloured, from 0 to 1
/// @param content what is in a cell, escaped
record HtmlColumn<R>(
        String title,
        String kind,
        Function<R, HtmlPage.Mark> mark,
        ToDoubleFunction<R> heat,
        Function<R, String> content) {
    /// The most of a colour that a cell gets, in percent: what is written in it stays readable.
    private static final int MOST_COLOUR = 55;

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
                title,
                "",
                row -> HtmlPage.Mark.NONE,
                row -> 0,
                row -> chart.apply(row).markup());
    }

    private static <R> HtmlColumn<R> of(String title, String kind, Function<R, String> text) {
        return new HtmlColumn<>(title, kind, row -> HtmlPage.Mark.NONE, row -> 0, row -> Html.escape(text.apply(row)));
    }

    /// The same column, with cells that stand out.
    HtmlColumn<R> marked(Function<R, HtmlPage.Mark> how) {
        return new HtmlColumn<>(title, kind, how, heat, content);
    }

    /// The same column, with cells coloured by how much there is: a heat map.
    HtmlColumn<R> heated(ToDoubleFunction<R> strength) {
        return new HtmlColumn<>(title, kind, mark, strength, content);
    }

    String head() {
        return "<th" + HtmlPage.Mark.NONE.attribute(kind) + ">" + Html.escape(title) + "</th>";
    }

    String cell(R row) {
        long colour = Math.round(MOST_COLOUR * Math.clamp(heat.applyAsDouble(row), 0, 1));
        String style =
                colour > 0 ? " style=\"background:color-mix(in srgb,var(--bad) " + colour + "%,var(--bg))\"" : "";
        return "<td" + mark.apply(row).attribute(kind) + style + ">" + content.apply(row) + "</td>";
    }
}
