package dev.espalier.cli;

import dev.espalier.pruning.LayerSparsity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// The answers of `verify-sparsity` as a page.
final class VerifyPage {
    private final VerifyReport report;
    private final HtmlPage page;

    private VerifyPage(VerifyReport report) {
        this.report = report;
        this.page = new HtmlPage(report.model() + ": " + report.verdict());
    }

    static void write(VerifyReport report, List<LayerSparsity> layers, Path file) throws IOException {
        VerifyPage verify = new VerifyPage(report);
        verify.page.head(report.model(), report.verified() ? HtmlPage.Mark.GOOD : HtmlPage.Mark.BAD, report.verdict());
        verify.checks();
        verify.findings();
        verify.survival();
        verify.layers(layers);
        verify.page.write(file);
    }

    private void checks() {
        page.section("Checks");
        page.table(
                report.checks(),
                List.of(
                        HtmlColumn.text("check", VerifyReport.Check::check),
                        HtmlColumn.text("about", VerifyReport.Check::question),
                        HtmlColumn.text("holds", VerifyReport.Check::answer).marked(VerifyPage::markOf),
                        HtmlColumn.prose("", VerifyReport.Check::told)));
    }

    private static HtmlPage.Mark markOf(VerifyReport.Check check) {
        if (check.answer().equals("yes")) {
            return HtmlPage.Mark.GOOD;
        }
        return check.required() ? HtmlPage.Mark.BAD : HtmlPage.Mark.FAIR;
    }

    private void findings() {
        if (report.findings().isEmpty()) {
            return;
        }
        page.section("Findings");
        page.table(
                report.findings(),
                List.of(
                        HtmlColumn.text("finding", VerifyReport.Found::finding),
                        HtmlColumn.text("tensor", VerifyReport.Found::tensor),
                        HtmlColumn.prose("", VerifyReport.Found::detail)));
    }

    private void survival() {
        if (report.survival().isEmpty()) {
            return;
        }
        page.section("Survival");
        page.table(
                report.survival(),
                List.of(
                        HtmlColumn.text("saved by", VerifyReport.Saved::tool),
                        HtmlColumn.number("sparse", s -> Figures.count(s.sparse())),
                        HtmlColumn.number("dense", s -> Figures.count(s.dense())),
                        HtmlColumn.number("revived", s -> Figures.count(s.revived())),
                        HtmlColumn.number("lost", s -> Figures.count(s.lost())),
                        HtmlColumn.prose("file", VerifyReport.Saved::size).marked(VerifyPage::markOf)));
        for (VerifyReport.Saved saved : report.survival()) {
            if (!saved.tensors().isEmpty()) {
                page.details(
                        "each tensor, " + saved.tool(),
                        inside -> inside.table(
                                saved.tensors(),
                                List.of(
                                        HtmlColumn.text("tensor", VerifyReport.Followed::tensor),
                                        HtmlColumn.text("is", VerifyReport.Followed::fate)
                                                .marked(t -> markOf(t.fate())),
                                        HtmlColumn.prose("", VerifyReport.Followed::detail))));
            }
        }
    }

    private static HtmlPage.Mark markOf(VerifyReport.Saved saved) {
        return saved.failure().isEmpty() && saved.refusal().isEmpty() ? HtmlPage.Mark.NONE : HtmlPage.Mark.BAD;
    }

    private static HtmlPage.Mark markOf(String fate) {
        return switch (fate) {
            case "sparse" -> HtmlPage.Mark.GOOD;
            case "dense" -> HtmlPage.Mark.FAIR;
            default -> HtmlPage.Mark.BAD;
        };
    }

    private void layers(List<LayerSparsity> layers) {
        page.section("Weights");
        page.table(
                layers,
                List.of(
                        HtmlColumn.text("weight", l -> l.weight().name()),
                        HtmlColumn.text("stored", LayerSparsity::storage),
                        HtmlColumn.number(
                                "parameters", l -> Figures.count(l.weight().elementCount())),
                        HtmlColumn.number("bytes", l -> Figures.bytes(l.bytes())),
                        HtmlColumn.number(
                                "zeros %",
                                l -> Figures.percent(l.zeros(), l.weight().elementCount())),
                        HtmlColumn.chart("", l -> SvgChart.share("zero", l.percent()))));
    }
}
