package dev.espalier.run;

import dev.espalier.onnx.Model;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.pruning.CheckResult;
import dev.espalier.pruning.Evidence;
import dev.espalier.pruning.Finding;
import dev.espalier.pruning.Question;
import dev.espalier.pruning.SparsityCheck;
import dev.espalier.pruning.Survival;
import dev.espalier.sparse.InputException;
import dev.espalier.sparse.Mask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The zeros outlive other tools: each saves the model again, and every tensor is looked for in what it
/// wrote.
public final class SurvivalCheck implements SparsityCheck {
    /// What one tool left of the zeros.
    ///
    /// @param tool what it is
    /// @param bytes of the file that it wrote; 0 if it wrote none
    /// @param tensors what became of each; empty if it wrote none
    /// @param failure why it wrote none, or nothing that can be read; empty if it did
    /// @param refused why ONNX Runtime does not load what it wrote; empty if it does
    public record Row(
            String tool, long bytes, List<Survival.Followed> tensors, String failure, Optional<Finding> refused) {
        static Row failed(Resaver tool, String why) {
            return new Row(tool.name(), 0, List.of(), why, Optional.empty());
        }

        /// How many tensors had this fate.
        public long count(Survival.Fate fate) {
            return tensors.stream().filter(t -> t.fate() == fate).count();
        }
    }

    private final Path file;
    private final List<Resaver> tools;
    private final List<Row> rows = new ArrayList<>();

    /// @param file the pruned model
    /// @param tools what it goes through, each alone
    public SurvivalCheck(Path file, List<Resaver> tools) {
        this.file = file;
        this.tools = List.copyOf(tools);
    }

    @Override
    public String name() {
        return "survival";
    }

    @Override
    public Question question() {
        return Question.SURVIVE;
    }

    /// Whether there is a tool to go through.
    public boolean isAsked() {
        return !tools.isEmpty();
    }

    /// The matrix, once the check has run.
    public List<Row> rows() {
        return List.copyOf(rows);
    }

    @Override
    public CheckResult check(Evidence evidence) {
        if (evidence.hasInvalidSparse()) {
            return new CheckResult.NotRun("sparse tensors are invalid, and the runtime may crash on such");
        }
        Map<String, Mask> promised = Survival.promised(evidence);
        if (promised.isEmpty()) {
            return new CheckResult.NotRun(
                    "no tensor has promised zeros or is stored sparse: there is nothing to follow");
        }
        List<Finding> findings = new ArrayList<>();
        for (Resaver tool : tools) {
            Row row = row(tool, promised);
            rows.add(row);
            findings.addAll(findings(tool, row, evidence));
        }
        List<String> failed = rows.stream()
                .filter(row -> !row.failure.isEmpty())
                .map(row -> row.tool + ": " + row.failure)
                .toList();
        if (findings.isEmpty() && !failed.isEmpty()) {
            return new CheckResult.NotRun(String.join("; ", failed));
        }
        return CheckResult.of(findings, "no zero is lost in " + rows.size() + " saves by other tools");
    }

    private static List<Finding> findings(Resaver tool, Row row, Evidence pruned) {
        List<Finding> findings = new ArrayList<>();
        if (tool.isShipped()) {
            row.refused.ifPresent(findings::add);
        }
        for (Survival.Followed tensor : row.tensors) {
            switch (tensor.fate()) {
                case SPARSE -> {}
                case DENSE -> {
                    if (tool.isShipped() && pruned.isStoredSparse(tensor.name())) {
                        add(findings, Finding.Kind.DENSIFIED, tensor, row);
                    }
                }
                case REVIVED -> add(findings, Finding.Kind.ZERO_REVIVED, tensor, row);
                case LOST -> add(findings, Finding.Kind.TENSOR_MISSING, tensor, row);
            }
        }
        return findings;
    }

    private static void add(List<Finding> findings, Finding.Kind kind, Survival.Followed tensor, Row row) {
        findings.add(new Finding(kind, tensor.name(), "through " + row.tool + ": " + tensor.detail()));
    }

    private Row row(Resaver tool, Map<String, Mask> promised) {
        try (TemporaryFolder folder = TemporaryFolder.create()) {
            Resaver.Saved saved = tool.save(file, folder.path());
            Model after = OnnxReader.read(saved.readable());
            Evidence evidence = Evidence.of(after);
            return new Row(
                    tool.name(),
                    Files.size(saved.shipped()),
                    Survival.follow(promised, evidence),
                    "",
                    refused(tool, saved.shipped(), evidence));
        } catch (ModelRunException e) {
            return Row.failed(tool, String.valueOf(e.getMessage()));
        } catch (InputException e) {
            return Row.failed(tool, "what it wrote cannot be read: " + e.what());
        } catch (IOException e) {
            return Row.failed(tool, "temporary files: " + e.getMessage());
        }
    }

    /// Nothing is said of a file that does not load any more than the one it was made of.
    private Optional<Finding> refused(Resaver tool, Path saved, Evidence after) {
        boolean isOthers = tool instanceof Resaver.Command;
        if (isOthers && after.hasInvalidSparse()) {
            String detail = "through " + tool.name() + ": sparse tensors are invalid, so it was not loaded";
            return Optional.of(new Finding(Finding.Kind.INVALID_SPARSE, "", detail));
        }
        return whyNotLoaded(saved)
                .filter(why -> whyNotLoaded(file).isEmpty())
                .map(why -> new Finding(
                        Finding.Kind.NOT_LOADABLE,
                        "",
                        "through " + tool.name() + ": ONNX Runtime does not load it: " + why));
    }

    private static Optional<String> whyNotLoaded(Path model) {
        try {
            OrtModel.load(model).close();
            return Optional.empty();
        } catch (ModelRunException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }
}
