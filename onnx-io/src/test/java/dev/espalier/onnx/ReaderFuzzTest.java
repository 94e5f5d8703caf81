package dev.espalier.onnx;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.espalier.sparse.InputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever the bytes, the reader throws its own exceptions only, and what it takes can be written.
final class ReaderFuzzTest {
    static Stream<byte[]> seeds() {
        return ReaderSeeds.all();
    }

    @MethodSource("seeds")
    @FuzzTest(maxDuration = "20s")
    void readsOrRefuses(byte[] bytes) throws IOException {
        Model model;
        try {
            model = OnnxReader.read(ByteBuffer.wrap(bytes));
            for (Graph graph : model.allGraphs()) {
                graph.nodesOutOfOrder();
                for (Value value : graph.initializers()) {
                    value.constant().orElseThrow().decode();
                }
            }
        } catch (InputException refused) {
            return;
        }
        OnnxWriter.size(model);
    }
}
