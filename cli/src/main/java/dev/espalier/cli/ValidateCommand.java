package dev.espalier.cli;

import dev.espalier.run.data.Dataset;
import dev.espalier.run.stats.Bootstrap;
import dev.espalier.run.validate.AccuracyProbe;
import dev.espalier.run.validate.Answer;
import dev.espalier.run.validate.DataRequest;
import dev.espalier.run.validate.Evaluation;
import dev.espalier.run.validate.Subject;
import dev.espalier.run.validate.Validator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `validate`: whether a pruned model may take the original's place.
@Command(
        name = "validate",
        description = "Measures what pruning cost, and says whether the pruned model may take the original's place.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:it may", "1:it may not, or that cannot be told"})
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ValidateCommand implements Callable<Integer> {
    private static final int REPLICATES = 2000;

    private final Console console;

    @Parameters(index = "0", paramLabel = "ORIGINAL", description = "The model before pruning.")
    private Path original;

    @Parameters(index = "1", paramLabel = "PRUNED", description = "The model after it.")
    private Path pruned;

    @Mixin
    private DataOptions data;

    @Option(
            names = "--max-drop",
            paramLabel = "POINTS",
            description = "How many points (hundredths) the metric may fall (default: ${DEFAULT-VALUE}).")
    private double maxDrop = 1;

    @Mixin
    private Workers workers;

    ValidateCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        AccuracyProbe.Result result = workers.run(this::validate);
        console.out().println(result);
        return result.answer() == Answer.PASS ? ExitCode.OK : ExitCode.NO;
    }

    private AccuracyProbe.Result validate() throws IOException {
        try (Dataset dataset = data.open()) {
            DataRequest request = data.request(dataset);
            List<Subject> subjects = List.of(Subject.read(original), Subject.read(pruned));
            Evaluation evaluation =
                    Validator.evaluate(subjects, dataset, request, new ProgressLine(console), () -> false);
            return AccuracyProbe.of(evaluation, maxDrop, new Bootstrap(REPLICATES, data.seed()));
        }
    }
}
