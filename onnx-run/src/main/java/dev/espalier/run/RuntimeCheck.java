package dev.espalier.run;

import dev.espalier.onnx.Graph;
import dev.espalier.onnx.Model;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.onnx.OnnxWriter;
import dev.espalier.pruning.CheckResult;
import dev.espalier.pruning.Evidence;
import dev.espalier.pruning.Finding;
import dev.espalier.pruning.Question;
import dev.espalier.pruning.SparsityCheck;
import dev.espalier.run.data.DataException;
import dev.espalier.run.data.Dataset;
import dev.espalier.run.data.Feed;
import dev.espalier.run.data.FeedRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The file computes in ONNX Runtime what its dense form computes, at every optimization level: both are
/// run on the same inputs, random ones or given data, and every output must be equal bit for bit.
///
/// Equal bits take equal kernels, which add the same products in the same order. The runtime has other
/// kernels for a weight that is a constant, which it lays out in advance, than for one that is made during
/// the run, as a packed weight is where its decoding is not folded (without optimization). So there is a
/// dense form for either: with every weight a constant, and with those that are packed as inputs that have
/// a default, which no level takes for constants. The outputs must be those of one of the two. Nothing is
/// allowed for rounding, and so no changed weight is too small to be found.
public final class RuntimeCheck implements SparsityCheck {
    private interface Start {
        Equality of(Path file, Graph graph) throws ModelRunException, IOException;
    }

    private final Path file;
    private final Start start;
    private final String what;

    private RuntimeCheck(Path file, Start start, String what) {
        this.file = file;
        this.start = start;
        this.what = what;
    }

    /// On one set of random inputs.
    ///
    /// @param file the file itself: what the runtime makes of it is the question
    /// @param seed of the inputs
    public static RuntimeCheck onRandomInputs(Path file, long seed) {
        return new RuntimeCheck(file, (model, graph) -> Equality.onRandom(model, graph, seed), "");
    }

    /// On data. It must stay open until the check has been made.
    ///
    /// @param file the file itself: what the runtime makes of it is the question
    /// @throws DataException if the data does not fit the model
    public static RuntimeCheck on(Path file, Dataset data, FeedRequest request) throws IOException {
        try (Feed feed = Feed.open(data, OnnxReader.read(file).graph(), request)) {
            return new RuntimeCheck(
                    file,
                    (model, graph) -> Equality.on(model, Trials.of(data, graph, request)),
                    ", on %,d samples of %s".formatted(feed.size(), data.source()));
        }
    }

    @Override
    public String name() {
        return "ONNX Runtime";
    }

    @Override
    public Question question() {
        return Question.EQUAL;
    }

    @Override
    public CheckResult check(Evidence evidence) {
        if (evidence.hasInvalidSparse()) {
            // Native code does not check all that it is given: some of these end the process, not the run.
            return new CheckResult.NotRun("sparse tensors are invalid, and the runtime may crash on such");
        }
        try (TemporaryFolder folder = TemporaryFolder.create()) {
            return check(folder);
        } catch (IOException e) {
            return new CheckResult.NotRun("cannot write the dense form, or read the data: " + e.getMessage());
        }
    }

    private CheckResult check(TemporaryFolder folder) throws IOException {
        Model constant = OnnxReader.read(file);
        try {
            Equality equality = start.of(file, constant.graph());
            if (!DenseForm.CONSTANT.applyTo(constant)) {
                return new CheckResult.Passed(
                        "loads and runs; nothing is stored sparse, so there is no other form" + what);
            }
            List<Path> forms = new ArrayList<>(List.of(write(constant, folder.file("constant.onnx"))));
            Model open = OnnxReader.read(file);
            if (DenseForm.OPEN.applyTo(open)) {
                forms.add(write(open, folder.file("open.onnx")));
            }
            return result(constant.graph().outputs().size(), equality.differing(forms));
        } catch (ModelRunException e) {
            return new CheckResult.NotRun(String.valueOf(e.getMessage()));
        }
    }

    private static Path write(Model model, Path file) throws IOException {
        OnnxWriter.write(model, file);
        return file;
    }

    private CheckResult result(int outputs, Map<String, List<String>> differing) {
        List<Finding> findings = new ArrayList<>();
        differing.forEach((output, levels) -> findings.add(new Finding(
                Finding.Kind.OUTPUTS_DIFFER,
                output,
                "this output is not that of the decoded dense form (optimization: " + String.join(", ", levels)
                        + ")")));
        return CheckResult.of(
                findings,
                "all %d outputs equal those of the dense form at %d optimization levels, bit for bit%s"
                        .formatted(outputs, Resaver.LEVELS.size(), what));
    }
}
