package dev.espalier.run;

import dev.espalier.onnx.Model;
import dev.espalier.onnx.OnnxWriter;
import java.io.IOException;
import java.nio.file.Path;

/// Compares a model without channels with the original in which they are masked.
public final class ChannelProof {
    private ChannelProof() {}

    /// Runs both on the same random inputs.
    ///
    /// @param pruned the model without the channels
    /// @param masked the original with zeros where they are read
    /// @param seed of the inputs
    /// @throws ModelRunException if the runtime refuses either
    /// @throws IOException if they cannot be written to a temporary folder
    public static Difference between(Model pruned, Model masked, long seed) throws ModelRunException, IOException {
        try (TemporaryFolder folder = TemporaryFolder.create()) {
            Path one = folder.file("pruned.onnx");
            Path other = folder.file("masked.onnx");
            OnnxWriter.write(pruned, one);
            OnnxWriter.write(masked, other);
            return Difference.between(one, other, pruned.graph(), seed);
        }
    }
}
