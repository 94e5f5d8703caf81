package dev.espalier.run;

import dev.espalier.onnx.Model;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.onnx.OnnxWriter;
import dev.espalier.pruning.ChannelManifest;
import dev.espalier.pruning.CheckResult;
import dev.espalier.pruning.Evidence;
import dev.espalier.pruning.Finding;
import dev.espalier.pruning.PruningException;
import dev.espalier.pruning.Question;
import dev.espalier.pruning.SparsityCheck;
import dev.espalier.pruning.channels.ChannelOptions;
import dev.espalier.pruning.channels.ChannelStructure;
import dev.espalier.pruning.channels.RecordedChannels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// The file computes what the original does with those channels masked that the file says were removed; or what
/// the original does, if only channels went that made no difference.
public final class MaskedOriginalCheck implements SparsityCheck {
    private final Path file;
    private final Path original;
    private final long seed;

    /// @param file the pruned model
    /// @param original what it is held against; another pruned model is not asked about
    /// @param seed of the inputs
    public MaskedOriginalCheck(Path file, Path original, long seed) {
        this.file = file;
        this.original = original;
        this.seed = seed;
    }

    @Override
    public String name() {
        return "masked original";
    }

    @Override
    public Question question() {
        return Question.EQUAL;
    }

    @Override
    public CheckResult check(Evidence evidence) {
        ChannelManifest manifest = evidence.channels().orElse(null);
        boolean isOriginal = evidence.reference().flatMap(ChannelManifest::find).isEmpty();
        if (manifest == null || !isOriginal) {
            return new CheckResult.NotAsked();
        }
        try (TemporaryFolder folder = TemporaryFolder.create()) {
            Path masked = folder.file("masked.onnx");
            Set<String> cut = new LinkedHashSet<>();
            OnnxWriter.write(masked(manifest, cut), masked);
            return result(ChannelProof.between(file, masked, cut, folder, seed));
        } catch (PruningException e) {
            return new CheckResult.Failed(
                    List.of(new Finding(Finding.Kind.OUTPUTS_DIFFER, e.where().orElse("outputs"), e.what())));
        } catch (IOException | ModelRunException e) {
            return new CheckResult.NotRun(String.valueOf(e.getMessage()));
        }
    }

    /// @param cut where to put the names of what has lost channels
    private Model masked(ChannelManifest manifest, Set<String> cut) throws IOException, ModelRunException {
        Model model = OnnxReader.read(original);
        if (manifest.roundTo() == null) {
            return model;
        }
        OrtShapeProbe probe = new OrtShapeProbe(original);
        ChannelStructure structure = ChannelStructure.of(model, probe, ChannelOptions.of(manifest));
        if (!probe.failure().isEmpty()) {
            throw new ModelRunException("the original does not run: " + probe.failure());
        }
        RecordedChannels recorded = RecordedChannels.in(structure, manifest);
        cut.addAll(recorded.cutValues());
        recorded.applyAsMask();
        return model;
    }

    private static CheckResult result(Difference difference) {
        String size =
                String.format(Locale.ROOT, "at most %.1e, relative %.1e", difference.absolute(), difference.relative());
        String choices = difference.choices() == 0 ? "" : difference.choices() + " nodes choosing as in the original, ";
        return difference.isRounding()
                ? new CheckResult.Passed("the recorded channels masked, " + choices + difference.elements()
                        + " numbers in " + difference.outputs() + " outputs differ by " + size)
                : new CheckResult.Failed(List.of(new Finding(
                        Finding.Kind.OUTPUTS_DIFFER,
                        "outputs",
                        "they are not those of the original with the recorded channels masked: they differ by "
                                + size)));
    }
}
