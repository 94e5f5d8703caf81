package dev.espalier.pruning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espalier.onnx.Model;
import dev.espalier.onnx.ModelBuilder;
import dev.espalier.pruning.scope.Scope;
import dev.espalier.pruning.scope.Scopes;
import dev.espalier.sparse.Cut;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Magnitudes;
import dev.espalier.sparse.Mask;
import dev.espalier.sparse.Quantization;
import dev.espalier.sparse.Scores;
import dev.espalier.sparse.Shape;
import dev.espalier.sparse.SparsityPattern;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every pattern with every scope, method and element type, over weights with everything that goes wrong in one:
/// ties, all equal, all zero, smaller than a group, negative zero, denormal, NaN, infinite. What joins a list is
/// tested here.
final class ChoiceContractTest {
    private static final List<String> PATTERNS = List.of(
            "unstructured",
            "2:4",
            "1:4",
            "3:5",
            "block:2x2",
            "block:1x4:max",
            "slices:outputs",
            "slices:inputs:max",
            "slices:0:l1");

    /// Sizes of the weights: whole groups, a tail, fewer than a group, one element.
    private static final long[][] SHAPES = {{8, 6}, {12, 7}, {9, 5}, {3, 4}, {8, 3}, {1, 1}};

    private static final List<ElementType> TYPES =
            Arrays.stream(ElementType.values()).filter(Magnitudes::supports).toList();

    static Stream<ElementType> types() {
        return TYPES.stream();
    }

    /// Values of a weight, by what is special in it.
    private static double value(int weight, Random random) {
        return switch (weight) {
            case 1 -> 0.5;
            case 2 -> 0;
            case 3 -> (random.nextInt(5) - 2) * 0.5;
            case 4 -> random.nextInt(4) == 0 ? -0.0 : random.nextGaussian() * 1e-40;
            default -> random.nextGaussian();
        };
    }

    private static DenseTensor tensor(ElementType type, Shape shape, int weight, Random random) {
        long mask = type.bits() == 64 ? -1 : (1L << type.bits()) - 1;
        long[] bits = new long[(int) shape.elementCount()];
        for (int i = 0; i < bits.length; i++) {
            double value = value(weight, random);
            if (weight == 5) {
                value = Double.NaN;
            } else if (weight == 0 && i % 11 == 3) {
                value = i % 2 == 0 ? Double.NaN : Double.NEGATIVE_INFINITY;
            }
            bits[i] = mask
                    & switch (type) {
                        case F64 -> Double.doubleToRawLongBits(value);
                        case F32 -> Float.floatToRawIntBits((float) value);
                        case F16 -> Float.floatToFloat16((float) value);
                        case BF16 -> Float.floatToRawIntBits((float) value) >>> 16;
                        // Below 16 bits the patterns are few: all of them occur, ties without end.
                        default -> weight == 1 ? 3 : weight == 2 ? 0 : random.nextInt();
                    };
        }
        return DenseTensor.ofBits(type, shape, bits);
    }

    /// A model that multiplies by each weight, cast to what MatMul takes.
    private static Model model(ElementType type) {
        Random random = new Random(type.label().hashCode());
        ModelBuilder model = ModelBuilder.opset(21);
        for (int i = 0; i < SHAPES.length; i++) {
            boolean isPlain = type.isFloat() && type.bits() >= 16;
            model.input("x" + i, isPlain ? type : ElementType.F32, "N", SHAPES[i][0]);
            model.initializer("w" + i, tensor(type, Shape.of(SHAPES[i]), i, random));
            if (!isPlain) {
                model.initializer("s" + i, DenseTensor.of(Shape.of(), 0.25f));
                model.node("DequantizeLinear", List.of("w" + i, "s" + i), List.of("d" + i));
            }
            model.node("MatMul", List.of("x" + i, (isPlain ? "w" : "d") + i), List.of("y" + i));
            model.output("y" + i, isPlain ? type : ElementType.F32, "N", SHAPES[i][1]);
        }
        return model.build();
    }

    /// Scores and masks for all weights, seeded.
    private static MethodInputs inputs() {
        Map<String, DenseTensor> scores = new LinkedHashMap<>();
        Map<String, DenseTensor> masks = new LinkedHashMap<>();
        Random random = new Random(3);
        for (int i = 0; i < SHAPES.length; i++) {
            Shape shape = Shape.of(SHAPES[i]);
            float[] values = new float[(int) shape.elementCount()];
            float[] bits = new float[values.length];
            for (int j = 0; j < values.length; j++) {
                values[j] = random.nextInt(6) * 0.5f;
                bits[j] = random.nextInt(2);
            }
            scores.put("w" + i, DenseTensor.of(shape, values));
            masks.put("w" + i, DenseTensor.of(shape, bits));
        }
        return new MethodInputs(OptionalDouble.of(0.4), Optional.of(given(scores)), Optional.of(given(masks)));
    }

    private static GivenTensors given(Map<String, DenseTensor> tensors) {
        return new GivenTensors(new GivenTensorsTest.InMemory(tensors), NameMap.NONE);
    }

    private static List<PruneRule> rules() {
        List<PruneRule> rules = new ArrayList<>();
        for (String pattern : PATTERNS) {
            for (Scope scope : Scopes.ALL) {
                for (PruningMethods.Kind kind : PruningMethods.ALL) {
                    for (Optional<Sparsity> share :
                            List.of(Optional.<Sparsity>empty(), Optional.of(Sparsity.parse("0.37")))) {
                        rule(pattern, scope, kind, share).ifPresent(rules::add);
                    }
                }
            }
        }
        return rules;
    }

    /// Nothing where the parts contradict each other.
    private static Optional<PruneRule> rule(
            String pattern, Scope scope, PruningMethods.Kind kind, Optional<Sparsity> share) {
        try {
            return Optional.of(PruneRule.forAll(new PruneSettings(
                    share, PatternChoice.parse(pattern), scope, kind.with(inputs()), PruneLimits.NONE)));
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageMatching("(?s).*(does not go with|says? nothing|no sparsity|do not go with).*");
            return Optional.empty();
        }
    }

    private static <T> T onThreads(int threads, Callable<T> work) throws Exception {
        try (ForkJoinPool pool = new ForkJoinPool(threads)) {
            return pool.submit(work).get();
        }
    }

    private static Map<String, Mask> masksOf(Model model) {
        Map<String, Mask> masks = new HashMap<>();
        for (Weight weight : WeightSearch.in(model).weights()) {
            masks.put(weight.name(), weight.nonZeros());
        }
        return masks;
    }

    @Test
    void thereIsEveryCombination() {
        assertThat(rules()).hasSizeGreaterThan(PATTERNS.size() * Scopes.ALL.size());
        assertThat(rules())
                .extracting(r -> r.settings().method().name())
                .containsAll(PruningMethods.ALL.stream()
                        .map(PruningMethods.Kind::name)
                        .toList());
    }

    @ParameterizedTest
    @MethodSource("types")
    void zeroesExactlyAsManyUnitsAsThePlanSays(ElementType type) throws Exception {
        for (PruneRule rule : rules()) {
            Model model = model(type);
            Map<String, Mask> before = masksOf(model);
            PruningPlan plan = PruningPlan.of(WeightSearch.in(model), PruneRequest.of(rule));
            Map<String, DenseTensor> old = new HashMap<>();
            plan.weights().forEach(weight -> old.put(weight.name(), weight.tensor()));
            Pruner.apply(model, plan, EncodingChoice.parse("dense"), Progress.NONE);
            Map<String, Mask> after = masksOf(model);
            String what = type + " " + rule.settings();
            for (PruningPlan.Target target : plan.targets()) {
                Weight weight = target.weight();
                Mask now = Objects.requireNonNull(after.get(weight.name()));
                Mask was = Objects.requireNonNull(before.get(weight.name()));
                DenseTensor tensor = Objects.requireNonNull(old.get(weight.name()));
                assertThat(was.revivedIn(now)).isZero();
                assertThat(was.coversBitsOf(now)).as(what).isTrue();
                requireUntouched(tensor, weight.tensor(), now, what);
                requireCount(target, tensor, now, what + " " + weight.name());
            }
            requireTotal(rule, plan, what);
        }
    }

    /// What stays has its bits.
    private static void requireUntouched(DenseTensor old, DenseTensor now, Mask kept, String what) {
        for (long i = kept.nextKept(0); i >= 0; i = kept.nextKept(i + 1)) {
            assertThat(now.bitsAt(i)).as(what).isEqualTo(old.bitsAt(i));
        }
    }

    /// Counted anew from the tensors: units that are wholly zero, against what the plan asked for, where as many
    /// could go.
    private static void requireCount(PruningPlan.Target target, DenseTensor old, Mask now, String what) {
        Quantization quantization = target.weight().quantization();
        Magnitudes.Census census = Magnitudes.census(old, quantization);
        SparsityPattern pattern = target.pattern();
        if (target.asked().sparsity().isPresent()) {
            assertThat(census.unprunable() > 0 || pattern.violations(now).count() == 0)
                    .as(what)
                    .isTrue();
            return;
        }
        if (census.unprunable() > 0) {
            assertThat(now.zeroCount()).as(what).isLessThanOrEqualTo(old.elementCount() - census.unprunable());
        }
        if (target.asked() instanceof PatternChoice.Unstructured) {
            long most = old.elementCount() - census.unprunable();
            assertThat(now.zeroCount()).as(what).isEqualTo(Math.max(census.zeros(), Math.min(most, target.zeros())));
        } else if (census.unprunable() == 0 && census.zeros() == 0) {
            long zeroUnits = pattern.unitCount(now.shape()) - unitsOf(pattern, now);
            assertThat(zeroUnits).as(what).isEqualTo(target.zeros());
            assertThat(pattern.violations(now).count()).as(what).isZero();
        }
    }

    /// How many units have an element that is not zero.
    private static long unitsOf(SparsityPattern pattern, Mask nonZeros) {
        Scores units = pattern.units(
                Magnitudes.of(nonZeros.applyTo(ones(nonZeros.shape()), Quantization.NONE), Quantization.NONE, 31));
        return units.count() - new Cut(1, 0).countIn(units);
    }

    private static DenseTensor ones(Shape shape) {
        float[] ones = new float[(int) shape.elementCount()];
        Arrays.fill(ones, 1);
        return DenseTensor.of(shape, ones);
    }

    /// What all layers together were asked for, in elements; edge blocks count as whole ones.
    private static void requireTotal(PruneRule rule, PruningPlan plan, String what) {
        if (rule.settings().method().decides()
                || rule.settings().pattern().sparsity().isPresent()) {
            return;
        }
        Sparsity share = rule.sparsity().orElseThrow();
        if (rule.settings().scope().isOfEachLayer()) {
            for (PruningPlan.Target target : plan.targets()) {
                assertThat(target.zeros()).as(what).isEqualTo(share.of(unitCount(target)));
            }
        } else {
            long all = 0;
            long zeros = 0;
            long largest = 1;
            for (PruningPlan.Target target : plan.targets()) {
                all += unitCount(target) * target.pattern().unitSize();
                zeros += target.zeros() * target.pattern().unitSize();
                largest = Math.max(largest, target.pattern().unitSize());
            }
            long wanted = share.of(all);
            assertThat(zeros).as(what).isLessThanOrEqualTo(wanted);
            if (unprunable(plan) == 0) {
                assertThat(zeros).as(what).isGreaterThan(wanted - largest);
            }
        }
    }

    private static long unitCount(PruningPlan.Target target) {
        return target.pattern().unitCount(target.weight().shape());
    }

    private static long unprunable(PruningPlan plan) {
        return plan.weights().stream()
                .mapToLong(w -> Magnitudes.census(w.tensor(), w.quantization()).unprunable())
                .sum();
    }

    @ParameterizedTest
    @MethodSource("types")
    void isTheSameForAnyNumberOfThreads(ElementType type) throws Exception {
        for (PruneRule rule : rules()) {
            List<Map<String, Mask>> results = new ArrayList<>();
            for (int threads = 1; threads <= 4; threads++) {
                results.add(onThreads(threads, () -> {
                    Model model = model(type);
                    PruningPlan plan = PruningPlan.of(WeightSearch.in(model), PruneRequest.of(rule));
                    Pruner.apply(model, plan, EncodingChoice.parse("dense"), Progress.NONE);
                    return masksOf(model);
                }));
            }
            assertThat(results).as(rule.settings().toString()).containsOnly(results.getFirst());
        }
    }
}
