package dev.espalier.cli;

import dev.espalier.onnx.Model;
import dev.espalier.onnx.OnnxWriter;
import dev.espalier.pruning.GradualPruning;
import dev.espalier.pruning.ModelChanges;
import dev.espalier.pruning.NameGlob;
import dev.espalier.pruning.Sparsity;
import dev.espalier.pruning.channels.ChannelBudget;
import dev.espalier.pruning.channels.ChannelMethod;
import dev.espalier.pruning.channels.ChannelMethods;
import dev.espalier.pruning.channels.ChannelOptions;
import dev.espalier.pruning.channels.ChannelPlan;
import dev.espalier.pruning.channels.ChannelPlanner;
import dev.espalier.pruning.channels.ChannelRequest;
import dev.espalier.pruning.channels.ChannelScope;
import dev.espalier.pruning.channels.ChannelStructure;
import dev.espalier.run.OrtShapeProbe;
import dev.espalier.run.calibrate.CalibratedChannels;
import dev.espalier.run.validate.Latency;
import dev.espalier.run.validate.Subject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `prune --pattern channels`: removes whole channels and writes the graph without them.
@Command(
        name = "prune",
        description = "Removes the least important channels, with everything that makes and reads them. The result "
                + "computes what the original does with those channels masked, and is compared with that.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:no channel can go; nothing was written"})
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ChannelPruneCommand implements Callable<Integer>, HasModelFile {
    /// How a plan and what came of it are told.
    private record Outcome(ChannelPruneReport report, boolean isAny) {}

    private static final String MASKED = "masked original";
    private static final String LOSSY = "masked original, with LayerNormalization over fewer channels";

    private final Console console;
    private final List<String> notes = new ArrayList<>();

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "MODEL", description = "The ONNX file.")
    private Path file;

    @Option(
            names = "--pattern",
            required = true,
            description = "channels: what this help is about; heads: the same for the heads of attention only.")
    private String pattern;

    @Option(
            names = {"-s", "--sparsity"},
            paramLabel = "SHARE",
            required = true,
            converter = Converters.SparsityConverter.class,
            description = "How much goes, 0.5 or 50%%.")
    private Sparsity share;

    @Option(names = "--budget", description = "Of what, one of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private ChannelBudget budget = ChannelBudget.CHANNELS;

    @Option(
            names = "--scope",
            description = "Which channels compete, one of ${COMPLETION-CANDIDATES}: those of one group, all, or those "
                    + "of groups that the same kinds of operators make and read (default: ${DEFAULT-VALUE}).")
    private ChannelScope scope = ChannelScope.LAYER;

    @Mixin
    private ChannelMethodOptions method;

    @Option(
            names = "--round-to",
            paramLabel = "N|auto",
            converter = RoundTo.Converter.class,
            description = "Widths that stay are multiples of this, rounded up; auto: of the block of channels that "
                    + "this machine's runtime computes at a time, measured once (default: ${DEFAULT-VALUE}).")
    private RoundTo roundTo = RoundTo.AUTO;

    @Option(
            names = "--min-channels",
            paramLabel = "N",
            description = "So many stay of each group at least (default: ${DEFAULT-VALUE}).")
    private int minChannels = 1;

    @Option(
            names = "--max-layer-sparsity",
            paramLabel = "SHARE",
            converter = Converters.SparsityConverter.class,
            description = "No group loses more than this.")
    private Sparsity maxLayerShare = Sparsity.parse("1");

    @Option(
            names = "--keep-residual",
            description = "Channels that pass through a residual connection stay: only widths inside blocks shrink.")
    private boolean keepResidual;

    @Mixin
    private NameOptions names;

    @Option(
            names = "--layer",
            paramLabel = "GLOB=SHARE",
            description = "Another share for the outputs of the layers whose node or tensor name matches. Repeatable; "
                    + "the last that matches counts.")
    private Map<String, String> layers = new LinkedHashMap<>();

    @Mixin
    private StructureOptions structure;

    @Mixin
    private ProofOptions proof;

    @Option(
            names = "--measure",
            description = "Time the model before and after, in turns, on one thread; see `espalier latency`.")
    private boolean measure;

    @Mixin
    private CalibrationOptions calibration;

    @Mixin
    private GradualOptions gradual;

    @Mixin
    private OutputOptions output;

    @Option(names = "--dry-run", description = "Say what would happen; write nothing.")
    private boolean dryRun;

    @Mixin
    private ReportOptions reportFile;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Mixin
    private Workers workers;

    ChannelPruneCommand(Console console) {
        this.console = console;
    }

    @Override
    public Path modelFile() {
        return file;
    }

    @Override
    public Integer call() throws Exception {
        if (!ChannelArguments.PATTERNS.contains(pattern)) {
            throw usage("--pattern is given twice");
        }
        method.check(calibration.isGiven());
        calibration.requireNoAllocation("channels are divided by --scope and --budget");
        if (measure && dryRun) {
            throw usage("--measure times what is written: it does not go with --dry-run");
        }
        ChannelRequest request = request();
        if (structure.allowIoChange()) {
            notes.add("inputs and outputs may have changed (--allow-io-change): the result fits no longer where the "
                    + "original did");
        }
        Path to = dryRun ? null : output.check(file, ", or --dry-run to write nothing");
        GradualPruning steps = gradual.pruning(file, Optional.of(share));
        reportFile.check();
        Outcome outcome = workers.run(() -> prune(request, steps, to));
        reportFile.write(outcome.report, page -> PrunePage.write(outcome.report, page));
        if (json) {
            JsonReport.print(outcome.report, console.out());
        } else {
            outcome.report.print(console);
        }
        return outcome.isAny ? ExitCode.OK : ExitCode.NO;
    }

    private ChannelRequest request() {
        int multiple = roundTo.resolve(notes);
        try {
            return new ChannelRequest(
                    share,
                    budget,
                    scope,
                    ChannelMethods.L2,
                    multiple,
                    minChannels,
                    maxLayerShare,
                    keepResidual,
                    names.included(),
                    names.excluded(),
                    layers.entrySet().stream().map(this::layerShare).toList(),
                    proof.seed());
        } catch (IllegalArgumentException e) {
            throw usage("--min-channels: " + e.getMessage());
        }
    }

    private ChannelRequest.LayerShare layerShare(Map.Entry<String, String> option) {
        try {
            return new ChannelRequest.LayerShare(NameGlob.of(option.getKey()), Sparsity.parse(option.getValue()));
        } catch (IllegalArgumentException e) {
            throw usage("--layer " + option.getKey() + ": " + e.getMessage());
        }
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    /// @param to where to write the model; null to write nothing
    private Outcome prune(ChannelRequest request, GradualPruning steps, @Nullable Path to) throws IOException {
        OrtShapeProbe probe = new OrtShapeProbe(file);
        String reference = structure.lossyNorms() ? LOSSY : MASKED;
        ModelChanges state = steps.upToTheLast((model, part, before) ->
                fitted(plan(request.partly(part), before, steps, probe), before).apply(model));
        ChannelPlan plan = plan(request, state, steps, probe);
        long before = FileSizes.bytes(file, plan.model().externalFiles());
        ChannelPruneReport report = ChannelPruneReport.of(
                file, before, plan, pattern, reference, probe.failure(), request.roundTo(), notes);
        if (plan.removedChannels() == 0) {
            return new Outcome(report, share.share().signum() == 0);
        }
        Optional<CalibratedChannels.Refit> refit = samples().refit(plan, state);
        ModelChanges changes = refit.map(CalibratedChannels.Refit::changes).orElse(ModelChanges.NONE);
        if (refit.isPresent()) {
            report = report.with(refit.get());
            plan = plan.on(withAll(changes, probe));
        }
        ChannelPlan twin = !proof.isWanted()
                        || options().mayChangePorts()
                        || !probe.failure().isEmpty()
                ? null
                : plan.on(withAll(changes, probe));
        Set<String> cut = plan.cutValues();
        plan.apply();
        options().record(plan.model(), request.roundTo());
        if (twin != null) {
            twin.applyAsMask();
            report = report.with(proof.compare(plan.model(), twin.model(), cut, reference));
        }
        if (to == null) {
            return new Outcome(report, true);
        }
        OnnxWriter.Sizes written = output.write(plan.model(), to);
        report = report.with(to, written.total());
        return new Outcome(measure ? report.with(time(to)) : report, true);
    }

    /// @param before what earlier steps have changed in the model
    private ChannelPlan plan(ChannelRequest request, ModelChanges before, GradualPruning steps, OrtShapeProbe probe)
            throws IOException {
        Model model = proof.read(file);
        steps.begin(model, before);
        ChannelStructure all = ChannelStructure.of(model, probe, options());
        ChannelMethod chosen = method.of(model, calibration.isGiven());
        return ChannelPlanner.plan(all, request.with(samples().told(chosen, all, before)));
    }

    /// What a step changes: it takes nothing out, but nothing reads the channels that go.
    private ModelChanges fitted(ChannelPlan plan, ModelChanges before) throws IOException {
        return samples()
                .refit(plan, before)
                .map(CalibratedChannels.Refit::changes)
                .orElseGet(() -> before.with(plan.unread()));
    }

    private ChannelOptions options() {
        return structure.options(pattern.equals("heads"));
    }

    private ChannelCalibration samples() {
        return new ChannelCalibration(calibration, file, proof.seed(), workers.count(), console);
    }

    /// Of the model with these changes, which still has all channels.
    private ChannelStructure withAll(ModelChanges changes, OrtShapeProbe probe) throws IOException {
        Model model = proof.read(file);
        changes.apply(model);
        return ChannelStructure.of(model, probe, options());
    }

    private LatencyReport time(Path pruned) throws IOException {
        return LatencyReport.of(Latency.of(
                List.of(Subject.read(file), Subject.read(pruned)),
                Latency.Settings.DEFAULT,
                new ProgressLine(console),
                StopSignal.listen(console)));
    }
}
