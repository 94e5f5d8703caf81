package dev.espalier.cli;

import dev.espalier.pruning.channels.ChannelLayer;
import dev.espalier.pruning.channels.ChannelPlan;
import dev.espalier.pruning.channels.ChannelTotals;
import dev.espalier.pruning.channels.ChannelWhy;
import dev.espalier.run.Difference;
import dev.espalier.run.calibrate.CalibratedChannels;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What `prune --pattern channels` did, or would do.
///
/// @param output where it was written; null if nothing was
/// @param fileBytesAfter size of the output, external data included; null if nothing was written
/// @param units what is counted: channels, or heads of attention
/// @param channels how many can go, of all groups
/// @param removed how many of them go
/// @param roundTo what widths were rounded to multiples of, given or measured
/// @param reference what it has to compute the same as
/// @param check how far it is from that; null if it was not compared
/// @param notRun why ONNX Runtime cannot run the original, so that nothing was compared and only declared sizes
///     are known; empty if it can
/// @param fitted what became of the layers that samples were given to
/// @param latency before and after; null if it was not measured
record ChannelPruneReport(
        int schemaVersion,
        String model,
        @Nullable String output,
        long fileBytesBefore,
        @Nullable Long fileBytesAfter,
        String units,
        long channels,
        long removed,
        int groups,
        int roundTo,
        ChannelTotals before,
        ChannelTotals after,
        String reference,
        @Nullable Difference check,
        String notRun,
        List<ChannelLayer> layers,
        List<FittedLayer> fitted,
        List<String> notes,
        @Nullable LatencyReport latency) {
    private static final int MOST_REASONS = 6;

    static ChannelPruneReport of(
            Path model,
            long bytes,
            ChannelPlan plan,
            String units,
            String reference,
            String notRun,
            int roundTo,
            List<String> notes) {
        List<ChannelLayer> layers = plan.layers();
        boolean isUnexplained = plan.channels() == 0
                && layers.stream().allMatch(layer -> layer.frozenBy().isEmpty());
        Stream<String> reasons = isUnexplained ? Stream.of(obstacles(plan)) : Stream.of();
        return new ChannelPruneReport(
                JsonReport.SCHEMA_VERSION,
                model.toString(),
                null,
                bytes,
                null,
                units,
                plan.channels(),
                plan.removedChannels(),
                plan.groups(),
                roundTo,
                plan.before(),
                plan.after(),
                reference,
                null,
                notRun,
                layers,
                List.of(),
                Stream.of(reasons, notes.stream(), plan.notes().stream())
                        .flatMap(all -> all)
                        .toList(),
                null);
    }

    /// Why nothing can go of a model without layers that a rule understands.
    private static String obstacles(ChannelPlan plan) {
        Map<String, Long> reasons = frequent(ChannelWhy.ofMatrices(plan.structure()));
        return reasons.isEmpty()
                ? "no operator that channel pruning has a rule for multiplies by a matrix that the model stores"
                : "matrices that stay: "
                        + reasons.entrySet().stream()
                                .map(each -> each.getValue() + " " + each.getKey())
                                .collect(Collectors.joining("; "));
    }

    ChannelPruneReport with(Path to, long bytes) {
        return new ChannelPruneReport(
                schemaVersion,
                model,
                to.toString(),
                fileBytesBefore,
                bytes,
                units,
                channels,
                removed,
                groups,
                roundTo,
                before,
                after,
                reference,
                check,
                notRun,
                layers,
                fitted,
                notes,
                latency);
    }

    ChannelPruneReport with(LatencyReport measured) {
        return new ChannelPruneReport(
                schemaVersion,
                model,
                output,
                fileBytesBefore,
                fileBytesAfter,
                units,
                channels,
                removed,
                groups,
                roundTo,
                before,
                after,
                reference,
                check,
                notRun,
                layers,
                fitted,
                notes,
                measured);
    }

    ChannelPruneReport with(Difference difference) {
        return new ChannelPruneReport(
                schemaVersion,
                model,
                output,
                fileBytesBefore,
                fileBytesAfter,
                units,
                channels,
                removed,
                groups,
                roundTo,
                before,
                after,
                reference,
                difference,
                notRun,
                layers,
                fitted,
                notes,
                latency);
    }

    ChannelPruneReport with(CalibratedChannels.Refit refit) {
        return new ChannelPruneReport(
                schemaVersion,
                model,
                output,
                fileBytesBefore,
                fileBytesAfter,
                units,
                channels,
                removed,
                groups,
                roundTo,
                before,
                after,
                reference,
                check,
                notRun,
                layers,
                refit.layers().stream()
                        .map(layer -> FittedLayer.of(layer.weight(), layer.error()))
                        .toList(),
                notes,
                latency);
    }

    void print(Console console) {
        List<ChannelLayer> shown = isOfDead()
                ? layers.stream()
                        .filter(layer -> layer.keptParameters() < layer.parameters())
                        .toList()
                : layers;
        if (!shown.isEmpty()) {
            console.out().println(table().render(shown, console.columns()));
            console.out().println();
        }
        if (!fitted.isEmpty()) {
            console.out().println(FittedLayer.table().render(fitted, console.columns()));
            console.out().println();
        }
        if (removed == 0) {
            console.out().println(nothing());
        } else {
            console.out()
                    .printf(
                            "%s of %s %s go, in %d groups%n",
                            Figures.count(removed), Figures.count(channels), units, groups);
            print(console, "parameters", before.parameters(), after.parameters());
            print(console, "multiply-adds", before.macs(), after.macs());
        }
        if (!isOfDead()) {
            printFrozen(console);
        }
        notes.forEach(console.out()::println);
        printCheck(console);
        console.out().printf("%s  %s%n", model, Figures.bytes(fileBytesBefore));
        if (fileBytesAfter == null) {
            console.out().println(removed == 0 ? "nothing was written" : "dry run: nothing was written");
        } else {
            console.out()
                    .printf(
                            "%s  %s (%s %%)%n",
                            output, Figures.bytes(fileBytesAfter), Figures.percentOf(fileBytesAfter, fileBytesBefore));
        }
        if (latency != null) {
            console.out().println();
            latency.print(console);
        }
    }

    private String nothing() {
        String unit = units.substring(0, units.length() - 1);
        if (channels == 0) {
            return "no " + unit + " can go";
        }
        return "no " + unit + (isOfDead() ? " is dead" : " goes");
    }

    /// Whether only channels went that make no difference.
    private boolean isOfDead() {
        return reference.equals(DeadPruneCommand.ORIGINAL);
    }

    private static void print(Console console, String what, long was, long is) {
        console.out()
                .printf(
                        "%s  %s of %s stay (%s %%)%n",
                        what, Figures.count(is), Figures.count(was), Figures.percentOf(is, was));
    }

    /// The reasons by operator, those that freeze most layers first.
    private void printFrozen(Console console) {
        List<String> all = layers.stream()
                .map(ChannelLayer::frozenBy)
                .filter(reason -> !reason.isEmpty())
                .toList();
        if (all.isEmpty()) {
            return;
        }
        console.out().printf("outputs of %d of %d layers cannot go:%n", all.size(), layers.size());
        frequent(all).forEach((reason, count) -> console.out().printf("  %d  %s%n", count, reason));
    }

    /// Without the names of nodes, with how often each occurs, those that do most often first.
    private static Map<String, Long> frequent(List<String> reasons) {
        Map<String, Long> counts = reasons.stream()
                .map(reason -> reason.replaceAll(" '[^']*'$", "").replaceAll("the shape of '[^']*'", "a shape"))
                .collect(Collectors.groupingBy(reason -> reason, LinkedHashMap::new, Collectors.counting()));
        Map<String, Long> most = new LinkedHashMap<>();
        counts.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .limit(MOST_REASONS)
                .forEach(entry -> most.put(entry.getKey(), entry.getValue()));
        return most;
    }

    private void printCheck(Console console) {
        if (check != null) {
            console.out()
                    .printf(
                            Locale.ROOT,
                            "equal to the %s in ONNX Runtime%s: %s numbers in %d %s differ by at most %.1e, "
                                    + "relative %.1e%n",
                            reference,
                            check.choices() == 0 ? "" : ", given what its " + check.choices() + " nodes choose",
                            Figures.count(check.elements()),
                            check.outputs(),
                            check.choices() == 0 ? "outputs" : "outputs and operands of these",
                            check.absolute(),
                            check.relative());
        } else if (!notRun.isEmpty()) {
            console.out().println("not compared, and only declared sizes are known: ONNX Runtime cannot run the");
            console.out().println("original (" + notRun + ")");
        } else if (removed > 0) {
            console.out().println("not compared with the " + reference + ", as was asked");
        }
    }

    private static TextTable<ChannelLayer> table() {
        return new TextTable<ChannelLayer>()
                .name("node", ChannelLayer::node)
                .text("operator", ChannelLayer::operator)
                .number("channels", layer -> Figures.count(layer.channels()))
                .number("stay", layer -> Figures.count(layer.keptChannels()))
                .number("parameters", layer -> Figures.count(layer.parameters()))
                .number("stay", layer -> Figures.count(layer.keptParameters()))
                .number("MACs %", layer -> Figures.percentOf(layer.keptMacs(), layer.macs()))
                .dispensableName("frozen by", ChannelLayer::frozenBy);
    }
}
