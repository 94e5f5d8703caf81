package dev.espalier.run.calibrate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.onnx.Constant;
import dev.espalier.onnx.Model;
import dev.espalier.onnx.ModelBuilder;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.onnx.Value;
import dev.espalier.pruning.Weight;
import dev.espalier.pruning.WeightSearch;
import dev.espalier.pruning.calibrated.CalibratedLayer;
import dev.espalier.pruning.calibrated.LayerUse;
import dev.espalier.run.TemporaryFolder;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Function;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What the gates are said to sum up leads, through their activations, to what the runtime gives; and what W and R are
/// to give is what they do give where nothing was pruned.
final class GatesTest {
    private static final int POSITIONS = 5;
    private static final int SAMPLES = 3;
    private static final int INPUTS = 4;
    private static final int HIDDEN = 6;

    @TempDir
    private Path folder;

    private static int gates(String operator) {
        return switch (operator) {
            case "LSTM" -> 4;
            case "GRU" -> 3;
            default -> 1;
        };
    }

    private Path model(String operator, String direction, boolean isLinear, boolean hasInitial) throws Exception {
        int directions = direction.equals("bidirectional") ? 2 : 1;
        int width = gates(operator) * HIDDEN;
        List<Object> attributes = new ArrayList<>(List.of("hidden_size", HIDDEN, "direction", direction));
        if (isLinear) {
            attributes.addAll(List.of("linear_before_reset", 1));
        }
        ModelBuilder builder = ModelBuilder.opset(14)
                .input("x", ElementType.F32, POSITIONS, SAMPLES, INPUTS)
                .initializer("w", random(1, directions, width, INPUTS))
                .initializer("r", random(2, directions, width, HIDDEN))
                .initializer("b", random(3, directions, 2L * width))
                .initializer("h", random(4, directions, SAMPLES, HIDDEN))
                .node(
                        operator,
                        hasInitial ? List.of("x", "w", "r", "b", "", "h") : List.of("x", "w", "r", "b"),
                        List.of("y"),
                        attributes.toArray())
                .output("y", ElementType.F32);
        return Files.write(folder.resolve("model.onnx"), builder.toBytes());
    }

    @ParameterizedTest
    @CsvSource({
        "RNN, forward, false, false",
        "RNN, bidirectional, false, true",
        "LSTM, forward, false, false",
        "LSTM, reverse, false, true",
        "LSTM, bidirectional, false, true",
        "GRU, forward, false, true",
        "GRU, bidirectional, false, true",
        "GRU, reverse, true, false",
        "GRU, bidirectional, true, true"
    })
    void sumUpWhatTheRuntimeActivates(String operator, String direction, boolean isLinear, boolean hasInitial)
            throws Exception {
        Path file = model(operator, direction, isLinear, hasInitial);
        Model model = OnnxReader.read(file);
        List<Weight> weights = WeightSearch.in(model).weights();
        assertThat(weights).hasSize(2);
        try (TemporaryFolder work = TemporaryFolder.create();
                OrtProducts products = new OrtProducts(work, 1);
                Arena arena = Arena.ofShared();
                Piece piece = Piece.load(
                        file, Map.of(), Map.of("x", ElementType.F32), List.of("y"), folder.resolve("run.onnx"), 1)) {
            DenseTensor input = random(5, POSITIONS, SAMPLES, INPUTS);
            Tensor x = Tensor.of(input);
            Tensor y = Tensor.of(
                    Objects.requireNonNull(piece.run(Map.of("x", input), arena).get("y")));
            for (Weight weight : weights) {
                CalibratedLayer layer = CalibratedLayer.of(weight).layer().orElseThrow();
                LayerUse.Recurrence use = (LayerUse.Recurrence) layer.uses().getFirst();
                Function<Value, Constant> constants = value -> value.constant().orElseThrow();
                Tensor initial = use.initial()
                        .map(value -> Tensor.of(constants.apply(value).decode()))
                        .orElse(null);
                Gates.Sums sums = new Gates(use, constants, products).sums(x, y, initial);
                assertActivated(operator, direction, sums, y, initial);
                assertRowsGive(layer, use, sums, weight.constant().decode());
            }
        }
    }

    private static double sigmoid(double value) {
        return 1 / (1 + Math.exp(-value));
    }

    private static void assertActivated(
            String operator, String direction, Gates.Sums sums, Tensor y, @Nullable Tensor initial) {
        float[] all = sums.all();
        int directions = y.dim(1);
        int gates = gates(operator);
        for (int d = 0; d < directions; d++) {
            boolean isBackward = d == 1 || direction.equals("reverse");
            for (int n = 0; n < SAMPLES; n++) {
                for (int unit = 0; unit < HIDDEN; unit++) {
                    double cell = 0;
                    double last = initial == null ? 0 : initial.values()[(d * SAMPLES + n) * HIDDEN + unit];
                    for (int step = 0; step < POSITIONS; step++) {
                        int t = isBackward ? POSITIONS - 1 - step : step;
                        int at = ((t * SAMPLES + n) * directions + d) * gates * HIDDEN + unit;
                        if (operator.equals("LSTM")) {
                            cell = sigmoid(all[at + 2 * HIDDEN]) * cell
                                    + sigmoid(all[at]) * Math.tanh(all[at + 3 * HIDDEN]);
                            last = sigmoid(all[at + HIDDEN]) * Math.tanh(cell);
                        } else if (operator.equals("GRU")) {
                            double z = sigmoid(all[at]);
                            last = (1 - z) * Math.tanh(all[at + 2 * HIDDEN]) + z * last;
                        } else {
                            last = Math.tanh(all[at]);
                        }
                        assertThat((double) y.values()[((t * directions + d) * SAMPLES + n) * HIDDEN + unit])
                                .isCloseTo(last, Offset.offset(1e-5));
                    }
                }
            }
        }
    }

    /// Where nothing was pruned, every row times the weight, with what is added, is what is meant.
    private static void assertRowsGive(
            CalibratedLayer layer, LayerUse.Recurrence use, Gates.Sums sums, DenseTensor weight) {
        Tensor meant = use.isHidden() ? sums.meantOfR(sums) : sums.meantOfW(sums);
        RecurrentRows rows = new RecurrentRows(sums, meant, use.isHidden(), SAMPLES);
        assertThat(rows.positions()).isEqualTo(POSITIONS);
        int inputs = layer.matrix().inputs();
        double[] added = layer.biasValues(use);
        float[] row = new float[inputs];
        float[] elements = Tensor.of(weight).values();
        for (int sample = 0; sample < SAMPLES; sample++) {
            for (int position = 0; position < POSITIONS; position++) {
                int output = 0;
                for (int group = 0; group < layer.groups().size(); group++) {
                    rows.input(group, sample, position, row, 0);
                    for (int i = 0; i < layer.groups().get(group); i++, output++) {
                        double sum = added[output];
                        for (int j = 0; j < inputs; j++) {
                            sum += elements[output * inputs + j] * row[j];
                        }
                        assertThat((double) meant.values()[rows.response(sample, position, output)])
                                .isCloseTo(sum, Offset.offset(1e-5));
                    }
                }
                assertThat(output).isEqualTo(layer.matrix().outputs());
            }
        }
    }

    private static DenseTensor random(long seed, long... dims) {
        Random random = new Random(seed);
        float[] values = new float[(int) Arrays.stream(dims).reduce(1, (a, b) -> a * b)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (random.nextGaussian() / 2);
        }
        return DenseTensor.of(Shape.of(dims), values);
    }
}
