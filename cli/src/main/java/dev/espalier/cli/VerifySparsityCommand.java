package dev.espalier.cli;

import dev.espalier.onnx.Model;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.onnx.OnnxWriter;
import dev.espalier.pruning.BudgetCheck;
import dev.espalier.pruning.Evidence;
import dev.espalier.pruning.LayerSparsity;
import dev.espalier.pruning.Question;
import dev.espalier.pruning.Sparsity;
import dev.espalier.pruning.SparsityCheck;
import dev.espalier.pruning.SparsityChecks;
import dev.espalier.pruning.Verdict;
import dev.espalier.run.MaskedOriginalCheck;
import dev.espalier.run.Resaver;
import dev.espalier.run.SurvivalCheck;
import dev.espalier.run.data.Dataset;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `verify-sparsity`: whether a file is as sparse as promised.
@Command(
        name = "verify-sparsity",
        description =
                "Proves that a pruned model is still as sparse as promised: every zero in its place, stored sparse "
                        + "where it was, and equal in ONNX Runtime to its dense form.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:verified", "1:not as promised, or something could not be checked"})
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class VerifySparsityCommand implements Callable<Integer>, HasModelFile {
    private final Console console;

    @Parameters(paramLabel = "MODEL", description = "The ONNX file.")
    private Path file;

    @Option(
            names = {"--expect", "--min-sparsity"},
            paramLabel = "SHARE",
            converter = Converters.SparsityConverter.class,
            description = "The share of zeros that all weights together must have, 0.9 or 90%%.")
    private @Nullable Sparsity expected;

    @Option(
            names = "--against",
            paramLabel = "OTHER",
            description =
                    "A pruned model whose zeros this one must have; or, for a model without channels, the original "
                            + "that it must equal with those channels masked.")
    private @Nullable Path reference;

    @Mixin
    private EqualityOptions equality;

    @Option(
            names = "--require",
            paramLabel = "WHAT",
            description = "What decides the exit code, each with those before it: static, what the file says (fast, "
                    + "nothing is run); survive, what ONNX Runtime leaves when it saves the file again; equal, what "
                    + "it computes. Without it: all that is looked at.")
    private @Nullable Question required;

    @Option(
            names = "--survival",
            description = "Also let ONNX Runtime save the model at each optimization level, and follow the zeros.")
    private boolean survival;

    @Option(
            names = "--through",
            paramLabel = "COMMAND",
            description = "Also let another program save the model, and follow the zeros: words, of which {in} and "
                    + "{out} stand for the files. Repeatable.")
    private List<String> through = new ArrayList<>();

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "How long such a program may take (default: ${DEFAULT-VALUE}).")
    private int timeout = 600;

    @Option(
            names = "--budget-bytes",
            paramLabel = "BYTES",
            description = "The most that the model's files may take together.")
    private @Nullable Long budget;

    @Option(names = "--junit", paramLabel = "FILE", description = "Also write a JUnit report, for a CI.")
    private @Nullable Path junit;

    @Option(
            names = "--html",
            paramLabel = "FILE",
            description = "Also write a page for people: the checks, the findings, what survives, the zeros of each "
                    + "weight.")
    private @Nullable Path html;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Mixin
    private Workers workers;

    VerifySparsityCommand(Console console) {
        this.console = console;
    }

    @Override
    public Path modelFile() {
        return file;
    }

    @Override
    public Integer call() throws Exception {
        boolean isRun = equality.isAsked(required);
        for (Path report : Stream.of(junit, html).filter(Objects::nonNull).toList()) {
            OnnxWriter.probe(report);
        }
        SurvivalCheck survivalCheck = new SurvivalCheck(file, tools());
        Evidence evidence = workers.run(this::evidence);
        List<SparsityCheck> checks = checks(evidence.model(), survivalCheck);
        Verdict verdict;
        try (Dataset samples = equality.open()) {
            if (isRun) {
                checks.add(equality.check(file, samples));
                if (reference != null) {
                    checks.add(new MaskedOriginalCheck(file, reference, equality.seed()));
                }
            }
            verdict = workers.run(() -> Verdict.of(evidence, checks, decisive()));
        }
        VerifyReport report = VerifyReport.of(file, verdict, survivalCheck.rows());
        if (junit != null) {
            JunitReport.write(file, verdict, junit);
        }
        if (html != null) {
            VerifyPage.write(report, workers.run(() -> layers(evidence)), html);
        }
        if (json) {
            JsonReport.print(report, console.out());
        } else {
            report.print(console);
        }
        return verdict.holds() ? ExitCode.OK : ExitCode.NO;
    }

    /// The weights of which the zeros can be counted.
    private static List<LayerSparsity> layers(Evidence evidence) {
        return evidence.weights().weights().parallelStream()
                .filter(weight -> weight.constant().defects().isEmpty())
                .map(LayerSparsity::of)
                .toList();
    }

    private Question decisive() {
        return required == null ? Question.EQUAL : required;
    }

    /// Programs that are to save the model again.
    private List<Resaver> tools() {
        boolean isRequired = required == Question.SURVIVE || required == Question.EQUAL;
        List<Resaver> tools = new ArrayList<>(survival || isRequired ? Resaver.ofRuntime() : List.of());
        through.forEach(command -> tools.add(Resaver.ofCommand(command, Duration.ofSeconds(timeout))));
        return tools;
    }

    private Evidence evidence() throws IOException {
        Optional<Model> other = Optional.empty();
        if (reference != null) {
            other = Optional.of(OnnxReader.read(reference));
        }
        return Evidence.of(OnnxReader.read(file), Optional.ofNullable(expected), other);
    }

    private List<SparsityCheck> checks(Model model, SurvivalCheck survivalCheck) throws IOException {
        List<SparsityCheck> checks = new ArrayList<>(SparsityChecks.ALL);
        if (budget != null) {
            checks.add(new BudgetCheck(FileSizes.bytes(file, model.externalFiles()), budget));
        }
        if (survivalCheck.isAsked()) {
            checks.add(survivalCheck);
        }
        return checks;
    }
}
