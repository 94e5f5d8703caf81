package dev.espalier.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// A seed that the reader refuses, or a way to store that no seed has, would leave the fuzzer outside the door.
final class ReaderSeedsTest {
    private static Stream<Model> models() {
        return ReaderSeeds.all()
                .filter(bytes -> !isExternal(bytes))
                .map(bytes -> OnnxReader.read(ByteBuffer.wrap(bytes)));
    }

    private static boolean isExternal(byte[] bytes) {
        return ByteBuffer.wrap(bytes).equals(ByteBuffer.wrap(ReaderSeeds.external()));
    }

    @Test
    void areSmall() {
        assertThat(ReaderSeeds.all()).allSatisfy(bytes -> assertThat(bytes).hasSizeLessThan(2048));
    }

    @Test
    void haveEveryWayToStore() {
        Set<String> found = new TreeSet<>();
        models().flatMap(model -> model.allGraphs().stream())
                .flatMap(graph -> graph.initializers().stream())
                .map(value -> value.constant().orElseThrow())
                .forEach(constant -> {
                    found.add(constant.storage());
                    if (constant.type().isCountable()) {
                        constant.decode();
                    }
                });
        assertThat(found).containsExactly("coo", "opaque", "raw", "typed");
        assertThatThrownBy(() -> OnnxReader.read(ByteBuffer.wrap(ReaderSeeds.external())))
                .isInstanceOf(ExternalDataException.class);
    }

    @Test
    void haveRawDataThatIsTakenOut() {
        Model model = OnnxReader.read(ByteBuffer.wrap(ReaderSeeds.taken()));
        assertThat(model.blobs().get(0).byteSize()).isGreaterThanOrEqualTo(RawDataWire.SHORTEST_BLOB);
    }

    @Test
    void haveFunctionsAndBodies() {
        assertThat(models()).anySatisfy(model -> assertThat(model.functions()).hasSize(1));
        assertThat(models()).anySatisfy(model -> assertThat(model.allGraphs()).hasSize(3));
    }
}
