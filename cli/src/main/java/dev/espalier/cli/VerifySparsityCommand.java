package dev.espalier.cli;

import dev.espalier.onnx.Model;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.pruning.BudgetCheck;
import dev.espalier.pruning.Evidence;
import dev.espalier.pruning.Sparsity;
import dev.espalier.pruning.SparsityCheck;
import dev.espalier.pruning.SparsityChecks;
import dev.espalier.pruning.Verdict;
import dev.espalier.run.Resaver;
import dev.espalier.run.RuntimeCheck;
import dev.espalier.run.SurvivalCheck;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
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

    @Option(names = "--against", paramLabel = "PRUNED", description = "A pruned model whose zeros this one must have.")
    private @Nullable Path reference;

    @Option(
            names = "--no-run",
            description = "Look at the stored bytes, do not compare outputs with those of the dense form.")
    private boolean noRun;

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

    @Option(names = "--seed", description = "Seed of the inputs that it is run on (default: ${DEFAULT-VALUE}).")
    private long seed;

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
        List<Resaver> tools = new ArrayList<>(survival ? Resaver.ofRuntime() : List.of());
        through.forEach(command -> tools.add(Resaver.ofCommand(command, Duration.ofSeconds(timeout))));
        SurvivalCheck survivalCheck = new SurvivalCheck(file, tools);
        Verdict verdict = workers.run(() -> verify(tools.isEmpty() ? Optional.empty() : Optional.of(survivalCheck)));
        if (junit != null) {
            JunitReport.write(file, verdict, junit);
        }
        VerifyReport report = VerifyReport.of(file, verdict, survivalCheck.rows());
        if (json) {
            JsonReport.print(report, console.out());
        } else {
            report.print(console);
        }
        return verdict.holds() ? ExitCode.OK : ExitCode.NO;
    }

    private Verdict verify(Optional<SurvivalCheck> survivalCheck) throws IOException {
        Optional<Model> other = Optional.empty();
        if (reference != null) {
            other = Optional.of(OnnxReader.read(reference));
        }
        Model model = OnnxReader.read(file);
        Evidence evidence = Evidence.of(model, Optional.ofNullable(expected), other);
        List<SparsityCheck> checks = new ArrayList<>(SparsityChecks.ALL);
        if (budget != null) {
            checks.add(new BudgetCheck(FileSizes.bytes(file, model.externalFiles()), budget));
        }
        if (!noRun) {
            checks.add(new RuntimeCheck(file, seed));
        }
        survivalCheck.ifPresent(checks::add);
        return Verdict.of(evidence, checks);
    }
}
