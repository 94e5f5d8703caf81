package dev.espalier.run.calibrate;

import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The tokens of a batch of sentences, by the input that says which of them count.
final class Tokens {
    private static final String MASK = "attention_mask";

    private Tokens() {}

    /// Which tokens count, batch x positions; none if the inputs do not say.
    static @Nullable Tensor mask(Map<String, DenseTensor> inputs) {
        return find(inputs).map(Tokens::flags).orElse(null);
    }

    /// Whether it says which tokens count.
    static boolean isMask(String input) {
        return input.equals(MASK);
    }

    private static Optional<DenseTensor> find(Map<String, DenseTensor> inputs) {
        return Optional.ofNullable(inputs.get(MASK))
                .filter(mask -> mask.shape().rank() == 2 && mask.type().isCountable());
    }

    private static Tensor flags(DenseTensor mask) {
        float[] flags = new float[(int) mask.elementCount()];
        for (int i = 0; i < flags.length; i++) {
            flags[i] = mask.bitsAt(i) == 0 ? 0 : 1;
        }
        return new Tensor(mask.shape().dims(), flags);
    }

    /// The same without the last positions, where no sentence of the batch has a token: the model would compute much
    /// that nobody looks at. Only if all inputs are integers, position by position.
    static Map<String, DenseTensor> trimmed(Map<String, DenseTensor> inputs) {
        DenseTensor flags = find(inputs).orElse(null);
        boolean areTokens = flags != null
                && inputs.values().stream()
                        .allMatch(t -> t.type() == ElementType.I64 && t.shape().equals(flags.shape()));
        if (flags == null || !areTokens) {
            return inputs;
        }
        Tensor mask = flags(flags);
        int batch = mask.dim(0);
        int positions = mask.dim(1);
        int length = 1;
        for (int i = 0; i < batch * positions; i++) {
            if (mask.values()[i] != 0) {
                length = Math.max(length, i % positions + 1);
            }
        }
        Map<String, DenseTensor> shorter = new LinkedHashMap<>();
        for (Map.Entry<String, DenseTensor> entry : inputs.entrySet()) {
            DenseTensor to = DenseTensor.zeros(ElementType.I64, Shape.of(batch, length));
            for (int i = 0; i < batch; i++) {
                to.data()
                        .asSlice(8L * i * length, 8L * length)
                        .copyFrom(entry.getValue().data().asSlice(8L * i * positions, 8L * length));
            }
            shorter.put(entry.getKey(), to);
        }
        return shorter;
    }
}
