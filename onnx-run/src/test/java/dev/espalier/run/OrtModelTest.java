package dev.espalier.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OnnxTensor;
import dev.espalier.onnx.Model;
import dev.espalier.onnx.ModelBuilder;
import dev.espalier.onnx.OnnxWriter;
import dev.espalier.sparse.ElementType;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A run that takes too long is given up, and nothing reads what its caller has closed since.
final class OrtModelTest {
    /// Some 3e11 multiplications, which no single thread makes in a second.
    private static final int PRODUCTS = 300;

    @TempDir
    Path folder;

    private static Model slow() throws IOException {
        ModelBuilder net = ModelBuilder.opset(13).input("x0", ElementType.F32, 1024, 1024);
        for (int i = 0; i < PRODUCTS; i++) {
            net.node("MatMul", List.of("x" + i, "x0"), List.of("x" + (i + 1)));
        }
        return net.output("x" + PRODUCTS, ElementType.F32, 1024, 1024).build();
    }

    @Test
    void noRunStartsBehindOneThatWasGivenUp() throws IOException, ModelRunException {
        Model model = slow();
        Path file = folder.resolve("slow.onnx");
        OnnxWriter.write(model, file);
        Map<String, OnnxTensor> inputs = new RandomInputs(1, RandomInputs.TELLING.getFirst()).of(model.graph());
        try (OrtModel loaded = OrtModel.load(file, SessionSettings.DEFAULT.within(Duration.ofSeconds(1)))) {
            assertThatThrownBy(() -> loaded.run(inputs)).hasMessage("it did not end within 1 seconds");
            inputs.values().forEach(OnnxTensor::close);
            // It would be refused for the closed inputs, or end the process, if the runtime were given them.
            for (int i = 0; i < 2; i++) {
                long start = System.nanoTime();
                assertThatThrownBy(() -> loaded.run(inputs))
                        .isInstanceOfSatisfying(
                                ModelRunException.class,
                                e -> assertThat(e.isUnended()).isTrue());
                assertThat(Duration.ofNanos(System.nanoTime() - start))
                        .as("nobody waits for it")
                        .isLessThan(Duration.ofSeconds(1));
            }
        }
    }

    @Test
    void otherInputsAreNotTriedOnAModelThatDoesNotEnd() throws IOException {
        AtomicInteger runs = new AtomicInteger();
        Model model = slow();
        assertThatThrownBy(() -> Difference.onInputsThatFit(model.graph(), 1, inputs -> {
                    runs.incrementAndGet();
                    throw ModelRunException.unended(Duration.ofMinutes(1));
                }))
                .hasMessage("it did not end within 60 seconds");
        assertThat(runs).hasValue(1);
    }
}
