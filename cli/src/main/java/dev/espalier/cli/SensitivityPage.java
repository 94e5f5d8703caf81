package dev.espalier.cli;

import dev.espalier.pruning.calibrated.SensitivityCurves;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.DoubleStream;

/// What pruning costs each layer at several levels, as a page with a heat map.
final class SensitivityPage {
    /// What is smaller than the largest by so many powers of ten has no colour.
    private static final double DECADES = 5;

    private SensitivityPage() {}

    /// What each layer alone does to the output, coloured by its logarithm: curves span many powers of ten.
    static void write(CurvesReport report, Path file) throws IOException {
        HtmlPage page = new HtmlPage(report.model() + ": sensitivity");
        page.head(report.model(), HtmlPage.Mark.NONE, "How sensitive its layers are");
        page.paragraph(report.divergence() + ", when each layer alone is pruned and fitted");
        double most = all(report).max().orElse(0);
        List<HtmlColumn<SensitivityCurves.Curve>> columns = new ArrayList<>();
        columns.add(HtmlColumn.text("weight", SensitivityCurves.Curve::weight));
        for (int i = 0; i < report.levels().size(); i++) {
            int level = i;
            columns.add(HtmlColumn.<SensitivityCurves.Curve>number(
                            percent(report.levels().get(i)),
                            curve -> String.format(
                                    Locale.ROOT, "%.0e", curve.divergences().get(level)))
                    .heated(curve -> heat(curve.divergences().get(level), most)));
        }
        page.section("Layers");
        page.table(report.layers(), columns);
        page.write(file);
    }

    private static double heat(double divergence, double most) {
        return divergence <= 0 ? 0 : 1 + Math.log10(divergence / most) / DECADES;
    }

    private static DoubleStream all(CurvesReport report) {
        return report.layers().stream()
                .map(SensitivityCurves.Curve::divergences)
                .flatMap(Collection::stream)
                .mapToDouble(Double::doubleValue);
    }

    /// The energy that each layer loses.
    static void write(SensitivityReport report, Path file) throws IOException {
        HtmlPage page = new HtmlPage(report.model().file() + ": sensitivity");
        page.head(report.model().file(), HtmlPage.Mark.NONE, "How sensitive its layers are");
        page.paragraph("Energy lost, in percent, when the smallest weights of each layer go");
        report.notes().forEach(page::paragraph);
        List<HtmlColumn<SensitivityReport.Layer>> columns = new ArrayList<>();
        columns.add(HtmlColumn.text("weight", SensitivityReport.Layer::weight));
        columns.add(HtmlColumn.number("parameters", layer -> Figures.count(layer.parameters())));
        for (int i = 0; i < report.levels().size(); i++) {
            int level = i;
            columns.add(HtmlColumn.<SensitivityReport.Layer>number(
                            percent(report.levels().get(i)),
                            layer -> Figures.share(layer.losses().get(level).energyLost()))
                    .heated(layer ->
                            Objects.requireNonNullElse(layer.losses().get(level).energyLost(), 0.0)));
        }
        page.section("Layers");
        page.table(report.layers(), columns);
        page.write(file);
    }

    private static String percent(double level) {
        return Figures.real(level * 100) + " %";
    }
}
