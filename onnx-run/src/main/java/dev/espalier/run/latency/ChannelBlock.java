package dev.espalier.run.latency;

import ai.onnxruntime.OnnxTensor;
import dev.espalier.onnx.Model;
import dev.espalier.onnx.ModelBuilder;
import dev.espalier.onnx.OnnxWriter;
import dev.espalier.run.ModelRunException;
import dev.espalier.run.OrtModel;
import dev.espalier.run.RandomInputs;
import dev.espalier.run.TemporaryFolder;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Of how many channels the runtime's fast kernels take a multiple on this machine.
///
/// ONNX Runtime lays the channels of a convolution out in blocks, of 8 or 16 according to the processor; where their
/// number is no multiple, it takes kernels that can be slower than those for the next larger multiple. So rows of
/// convolutions with 64 channels, and with as many less as a block might have, take turns, and the smallest block
/// counts whose row saves at least half of the time that it saves multiply-adds.
public final class ChannelBlock {
    /// What a block may be.
    public static final List<Integer> CANDIDATES = List.of(1, 2, 4, 8, 16, 32);

    private static final int WIDTH = 64;
    private static final int ENDS = 32;
    private static final int SIDE = 14;
    private static final int LAYERS = 4;
    private static final double SECONDS = 1;

    private ChannelBlock() {}

    /// Measures it, which takes about two seconds.
    ///
    /// @throws ModelRunException if the runtime does not run
    /// @throws IOException if models cannot be written to a temporary folder
    public static int measure() throws ModelRunException, IOException {
        List<Integer> widths = new ArrayList<>(List.of(WIDTH));
        CANDIDATES.forEach(block -> widths.add(WIDTH - block));
        List<Row> rows = new ArrayList<>();
        try (TemporaryFolder folder = TemporaryFolder.create()) {
            for (int width : widths) {
                rows.add(Row.of(width, folder.file(width + ".onnx")));
            }
            Turns turns = Turns.take(rows, SECONDS, 0, (done, total, what) -> {}, () -> false);
            Map<Integer, Double> times = new LinkedHashMap<>();
            for (int i = 0; i < widths.size(); i++) {
                // The fastest: whatever else the machine does makes runs longer, never shorter.
                times.put(widths.get(i), turns.times(i).percentiles().getFirst());
            }
            return of(times);
        } finally {
            for (Row row : rows) {
                row.close();
            }
        }
    }

    /// @param times of rows by their width
    static int of(Map<Integer, Double> times) {
        for (int block : CANDIDATES) {
            double share = (double) (WIDTH - block) / WIDTH;
            double most = (1 + share * share) / 2;
            if (times.getOrDefault(WIDTH - block, Double.NaN) <= most * times.getOrDefault(WIDTH, Double.NaN)) {
                return block;
            }
        }
        return CANDIDATES.getLast();
    }

    /// Convolutions one after the other, loaded.
    private record Row(OrtModel model, Map<String, OnnxTensor> inputs) implements Turns.Runner {
        static Row of(int width, Path file) throws ModelRunException, IOException {
            Model model = convolutions(width);
            OnnxWriter.write(model, file);
            OrtModel loaded = OrtModel.load(file);
            return new Row(loaded, new RandomInputs(0, RandomInputs.GUESSES.getFirst()).of(model.graph()));
        }

        @Override
        public long[] time(int runs) throws ModelRunException {
            return model.timeOn(inputs, runs);
        }

        void close() throws ModelRunException {
            inputs.values().forEach(OnnxTensor::close);
            model.close();
        }
    }

    /// All convolutions are `width` wide but for the first one's input.
    private static Model convolutions(int width) {
        ModelBuilder builder = ModelBuilder.opset(13).irVersion(7).input("x0", ElementType.F32, 1, ENDS, SIDE, SIDE);
        for (int i = 0; i < LAYERS; i++) {
            int inputs = i == 0 ? ENDS : width;
            Shape shape = Shape.of(width, inputs, 3, 3);
            long[] bits = new long[(int) shape.elementCount()];
            Arrays.fill(bits, Float.floatToRawIntBits(1f / inputs));
            builder.initializer("w" + i, DenseTensor.ofBits(ElementType.F32, shape, bits))
                    .node("Conv", List.of("x" + i, "w" + i), List.of("c" + i), "pads", List.of(1, 1, 1, 1))
                    .node("Relu", List.of("c" + i), List.of("x" + (i + 1)));
        }
        return builder.output("x" + LAYERS, ElementType.F32, 1, width, SIDE, SIDE)
                .build();
    }
}
