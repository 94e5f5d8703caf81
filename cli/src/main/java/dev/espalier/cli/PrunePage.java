package dev.espalier.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// What a command that prunes did, as a page: each layer, with what its outputs lost and what was taken back.
final class PrunePage {
    private PrunePage() {}

    /// What `prune` did.
    ///
    /// @param more what else is to be said, a sentence each
    static void write(PruneReport report, List<String> more, Path file) throws IOException {
        HtmlPage page = new HtmlPage(report.model() + ": pruned");
        page.head(
                report.model(),
                HtmlPage.Mark.NONE,
                Figures.percent(report.zeros(), report.parameters()) + " % of the weights are zero");
        more.forEach(page::paragraph);
        report.notes().forEach(note -> page.paragraph(HtmlPage.Mark.FAIR, note));
        page.section("Layers");
        page.table(
                report.layers(),
                List.of(
                        HtmlColumn.text("node", PruneReport.Layer::node),
                        HtmlColumn.text("operator", PruneReport.Layer::operator),
                        HtmlColumn.text("weight", PruneReport.Layer::weight),
                        HtmlColumn.text("method", layer -> layer.method() == null ? "-" : layer.method()),
                        HtmlColumn.number("parameters", layer -> Figures.count(layer.parameters())),
                        HtmlColumn.number("zero %", layer -> Figures.percent(layer.zeros(), layer.parameters())),
                        HtmlColumn.number("error before the fit %", layer -> Figures.ratio(layer.maskedError())),
                        HtmlColumn.number("after %", layer -> Figures.ratio(layer.fittedError())),
                        HtmlColumn.text("stored", PruneReport.Layer::encoding)));
        if (!report.leftAlone().isEmpty()) {
            page.section("Left alone");
            page.table(
                    report.leftAlone(),
                    List.of(
                            HtmlColumn.text("tensor", InspectReport.Tensor::name),
                            HtmlColumn.prose("because", InspectReport.Tensor::reason)));
        }
        page.write(file);
    }

    /// What `prune --pattern channels` did.
    static void write(ChannelPruneReport report, Path file) throws IOException {
        HtmlPage page = new HtmlPage(report.model() + ": " + report.units() + " removed");
        page.head(
                report.model(),
                HtmlPage.Mark.NONE,
                Figures.count(report.removed()) + " of " + Figures.count(report.channels()) + " " + report.units()
                        + " go");
        report.notes().forEach(note -> page.paragraph(HtmlPage.Mark.FAIR, note));
        page.section("Layers");
        page.table(
                report.layers(),
                List.of(
                        HtmlColumn.text("node", layer -> layer.node()),
                        HtmlColumn.text("operator", layer -> layer.operator()),
                        HtmlColumn.number("channels", layer -> Figures.count(layer.channels())),
                        HtmlColumn.number("stay", layer -> Figures.count(layer.keptChannels())),
                        HtmlColumn.number("MACs %", layer -> Figures.percentOf(layer.keptMacs(), layer.macs())),
                        HtmlColumn.prose("frozen by", layer -> layer.frozenBy())));
        if (!report.fitted().isEmpty()) {
            page.section("Fitted with samples");
            page.table(
                    report.fitted(),
                    List.of(
                            HtmlColumn.text("node", FittedLayer::node),
                            HtmlColumn.text("method", FittedLayer::method),
                            HtmlColumn.number("error before the fit %", layer -> Figures.ratio(layer.errorBefore())),
                            HtmlColumn.number("after %", layer -> Figures.ratio(layer.errorAfter()))));
        }
        page.write(file);
    }
}
