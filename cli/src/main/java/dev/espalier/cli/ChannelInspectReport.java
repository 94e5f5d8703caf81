package dev.espalier.cli;

import dev.espalier.pruning.channels.ChannelGroupInfo;
import dev.espalier.pruning.channels.ChannelStructure;
import dev.espalier.pruning.channels.ChannelWhy;
import java.nio.file.Path;
import java.util.List;

/// Which channels of a model can go.
///
/// @param reachedMacs multiply-adds of layers of which inputs or outputs can go
/// @param macs multiply-adds of all layers
/// @param notRun why ONNX Runtime cannot run the model, so that only declared sizes are known; empty if it can
record ChannelInspectReport(
        int schemaVersion,
        String model,
        long reachedMacs,
        long macs,
        List<ChannelGroupInfo> groups,
        List<ChannelWhy> why,
        String notRun) {
    static ChannelInspectReport of(Path file, ChannelStructure structure, List<ChannelWhy> why, String notRun) {
        List<Long> reach = ChannelGroupInfo.reach(structure);
        return new ChannelInspectReport(
                JsonReport.SCHEMA_VERSION,
                file.toString(),
                reach.getFirst(),
                reach.getLast(),
                ChannelGroupInfo.of(structure),
                why,
                notRun);
    }

    void print(Console console) {
        if (why.isEmpty()) {
            printGroups(console);
        } else {
            why.forEach(answer -> print(answer, console));
        }
        if (!notRun.isEmpty()) {
            console.out().println("only declared sizes are known: ONNX Runtime cannot run the model (" + notRun + ")");
        }
    }

    private void printGroups(Console console) {
        if (!groups.isEmpty()) {
            console.out().println(table().render(groups, console.columns()));
            console.out().println();
        }
        long channels = groups.stream().mapToLong(ChannelGroupInfo::channels).sum();
        console.out()
                .printf(
                        "%s channels in %d groups can go; %s %% of the multiply-adds are in layers that they reach%n",
                        Figures.count(channels), groups.size(), Figures.percent(reachedMacs, macs));
        console.out().println("`--why TENSOR` says what freezes others");
    }

    private static TextTable<ChannelGroupInfo> table() {
        return new TextTable<ChannelGroupInfo>()
                .number("group", group -> String.valueOf(group.id()))
                .number("channels", group -> Figures.count(group.channels()))
                .number("indices each", group -> Figures.count(group.width()))
                .number("parameters each", group -> Figures.count(group.parameters()))
                .number("MACs each", group -> Figures.count(group.macs()))
                .number("layers", group -> Figures.count(group.layers().size()))
                .name(
                        "made by",
                        group -> group.layers().isEmpty() ? "-" : group.layers().getFirst());
    }

    private static void print(ChannelWhy answer, Console console) {
        console.out().println(answer.tensor());
        for (ChannelWhy.AxisAnswer axis : answer.axes()) {
            String can = axis.removable() == 0
                    ? "none can go"
                    : Figures.count(axis.removable()) + " can go, in group " + axis.group();
            console.out()
                    .printf(
                            "  axis %d, %s indices: %s%s%n",
                            axis.axis(),
                            Figures.count(axis.size()),
                            can,
                            axis.reason().isEmpty() ? "" : "; " + axis.reason());
            axis.way().forEach(step -> console.out().println("    " + step));
        }
    }
}
