package dev.espalier.run;

import dev.espalier.onnx.Model;
import dev.espalier.onnx.OnnxWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/// Compares a model without channels with the original in which they are masked.
///
/// Where a model chooses among nearly equal numbers, as a detector does among boxes, rounding alone can change its
/// outputs, and where it chooses none, no number is left to compare. So a model that chooses is compared twice: as it
/// is, and with the choices that the masked one makes, where whatever it chooses from has to be the same too. The
/// second comparison decides; the first is what is reported if it holds as well and has compared anything.
public final class ChannelProof {
    private ChannelProof() {}

    /// Runs both on the same random inputs.
    ///
    /// @param pruned the model without the channels
    /// @param masked the original with zeros where they are read
    /// @param cut names of values that have lost channels, among which each model chooses by itself
    /// @param seed of the inputs
    /// @throws ModelRunException if the runtime refuses either
    /// @throws IOException if they cannot be written to a temporary folder
    public static Difference between(Model pruned, Model masked, Set<String> cut, long seed)
            throws ModelRunException, IOException {
        try (TemporaryFolder folder = TemporaryFolder.create()) {
            Path one = folder.file("pruned.onnx");
            Path other = folder.file("masked.onnx");
            OnnxWriter.write(pruned, one);
            OnnxWriter.write(masked, other);
            return between(one, other, cut, folder, seed);
        }
    }

    /// The same of files.
    ///
    /// @param folder for what is run
    static Difference between(Path pruned, Path masked, Set<String> cut, TemporaryFolder folder, long seed)
            throws ModelRunException, IOException {
        SameChoices choices = SameChoices.of(pruned, masked, cut);
        Difference own = Difference.between(pruned, masked, choices.graph(), seed);
        if (choices.count() == 0) {
            return own;
        }
        Difference same = choices.compare(folder, seed);
        return own.isRounding() && own.elements() > 0 && same.isRounding() ? own : same;
    }
}
