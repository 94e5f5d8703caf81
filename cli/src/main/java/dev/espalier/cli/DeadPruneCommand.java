package dev.espalier.cli;

import dev.espalier.onnx.Model;
import dev.espalier.pruning.PruningException;
import dev.espalier.pruning.channels.ChannelPlan;
import dev.espalier.pruning.channels.ChannelStructure;
import dev.espalier.pruning.channels.DeadChannels;
import dev.espalier.run.OrtShapeProbe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `prune --dead`: removes channels without which a model computes the same.
@Command(
        name = "prune",
        description =
                "Removes channels without which the model computes the same: those that are zero, constant, equal "
                        + "to another, or that nothing reads. What a constant one adds goes into biases.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:no channel is dead; nothing was written"})
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class DeadPruneCommand implements Callable<Integer>, HasModelFile {
    /// What the result computes the same as.
    static final String ORIGINAL = "original";

    private final Console console;

    @Parameters(paramLabel = "MODEL", description = "The ONNX file.")
    private Path file;

    @Option(names = "--dead", required = true, description = "What this help is about.")
    @SuppressWarnings("UnusedVariable") // what this command is chosen by
    private boolean dead;

    @Mixin
    private ProofOptions proof;

    @Mixin
    private OutputOptions output;

    @Option(names = "--dry-run", description = "Say what would happen; write nothing.")
    private boolean dryRun;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Mixin
    private Workers workers;

    DeadPruneCommand(Console console) {
        this.console = console;
    }

    @Override
    public Path modelFile() {
        return file;
    }

    @Override
    public Integer call() throws Exception {
        Path to = dryRun ? null : output.check(file, ", or --dry-run to write nothing");
        ChannelPruneReport report = workers.run(() -> prune(to));
        if (json) {
            JsonReport.print(report, console.out());
        } else {
            report.print(console);
        }
        return report.removed() > 0 ? ExitCode.OK : ExitCode.NO;
    }

    /// @param to where to write the model; null to write nothing
    private ChannelPruneReport prune(@Nullable Path to) throws IOException {
        ChannelPlan plan = plan();
        long before = FileSizes.bytes(file, plan.model().externalFiles());
        ChannelPruneReport report = ChannelPruneReport.of(file, before, plan, "channels", ORIGINAL, "", 1, List.of());
        if (plan.removedChannels() == 0) {
            return report;
        }
        Set<String> cut = plan.cutValues();
        plan.apply();
        if (proof.isWanted()) {
            report = report.with(proof.compare(plan.model(), proof.read(file), cut, ORIGINAL));
        }
        return to == null
                ? report
                : report.with(to, output.write(plan.model(), to).total());
    }

    private ChannelPlan plan() throws IOException {
        Model model = proof.read(file);
        ChannelStructure structure = structure(model);
        return DeadChannels.plan(DeadChannels.fold(structure) ? structure(model) : structure);
    }

    private static ChannelStructure structure(Model model) {
        OrtShapeProbe probe = OrtShapeProbe.ofValues(model);
        ChannelStructure structure = ChannelStructure.of(model, probe);
        if (!probe.failure().isEmpty()) {
            throw new PruningException(
                    "which channels are dead is seen when the model runs, and ONNX Runtime cannot run it: "
                            + probe.failure(),
                    "",
                    "--pattern channels removes channels of models that it cannot run");
        }
        return structure;
    }
}
