package dev.espalier.pruning.recipe;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.espalier.pruning.LeftAlone;
import dev.espalier.pruning.MethodInputs;
import dev.espalier.pruning.ModelWeights;
import dev.espalier.pruning.PatternChoice;
import dev.espalier.pruning.PruningException;
import dev.espalier.pruning.PruningMethod;
import dev.espalier.pruning.PruningMethods;
import dev.espalier.pruning.PruningPlan;
import dev.espalier.pruning.Sparsity;
import dev.espalier.pruning.Weight;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// A plan as JSON: what was decided about every tensor and why, to look at and to carry out again.
///
/// @param schemaVersion 1
/// @param kind `weights`
/// @param seed for methods that draw lots
/// @param decisions what is pruned, in file order
/// @param leftAlone what is not
public record PlanFile(int schemaVersion, String kind, long seed, List<Decision> decisions, List<Left> leftAlone) {
    private static final int VERSION = 1;
    private static final String KIND = "weights";
    private static final long LARGEST_FILE = 64L << 20;
    private static final int LISTED = 3;
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /// What becomes of one tensor.
    ///
    /// @param tensor its path
    /// @param node label of the first node that uses it
    /// @param type of its elements; a replay does not ask for the same
    /// @param sparsity that was asked of it alone; null if it was asked of several together
    /// @param zeros units that are to be zero: elements, blocks, slices; 0 where the pattern says it
    public record Decision(
            String tensor,
            String node,
            String operator,
            String type,
            List<Long> shape,
            String pattern,
            String method,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            BigDecimal sparsity,

            long zeros,
            String reason) {
        private static Decision of(PruningPlan.Target target) {
            Weight weight = target.weight();
            return new Decision(
                    weight.name(),
                    weight.node().label(),
                    weight.node().operator(),
                    weight.type().label(),
                    dims(weight),
                    target.asked().toString(),
                    target.method().name(),
                    target.requested().map(Sparsity::share).orElse(null),
                    target.zeros(),
                    target.reason());
        }
    }

    /// A tensor that stays as it is.
    public record Left(String tensor, String reason) {}

    /// A plan to write.
    public static PlanFile of(PruningPlan plan) {
        return new PlanFile(
                VERSION,
                KIND,
                plan.seed(),
                plan.targets().stream().map(Decision::of).toList(),
                plan.leftAlone().stream()
                        .map(left -> new Left(left.value().path(), left.reason()))
                        .toList());
    }

    private static List<Long> dims(Weight weight) {
        return Arrays.stream(weight.shape().dims()).boxed().toList();
    }

    /// Writes it beside `file` first, so that there is a whole file or none.
    public void write(Path file) throws IOException {
        Path temporary = Files.createTempFile(file.toAbsolutePath().getParent(), ".espalier", ".json");
        try {
            Files.writeString(temporary, JSON.writeValueAsString(this) + "\n");
            Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /// Reads a plan.
    ///
    /// @throws PruningException if it is none
    public static PlanFile read(Path file) throws IOException {
        PlanFile plan;
        try {
            if (Files.size(file) > LARGEST_FILE) {
                throw unreadable(file, "it is larger than any plan");
            }
            plan = JSON.readValue(Files.readAllBytes(file), PlanFile.class);
        } catch (JacksonException e) {
            throw unreadable(file, "it is not the JSON that `prune --plan` writes");
        }
        if (plan == null || plan.schemaVersion != VERSION || !KIND.equals(plan.kind)) {
            throw unreadable(file, "it is of a kind or version that is not known here");
        }
        if (plan.decisions == null || plan.decisions.stream().anyMatch(PlanFile::isIncomplete)) {
            throw unreadable(file, "parts of it are missing");
        }
        return plan;
    }

    private static boolean isIncomplete(@Nullable Decision decision) {
        return decision == null
                || decision.tensor == null
                || decision.shape == null
                || decision.pattern == null
                || decision.method == null
                || decision.zeros < 0;
    }

    private static PruningException unreadable(Path file, String why) {
        return new PruningException(
                "the plan cannot be read: " + why, "file '" + file + "'", "write one with `prune --plan FILE`");
    }

    /// The same plan for a model that has these tensors: the one it was made for, or another export of it.
    ///
    /// @param inputs what methods are given
    /// @param hasSamples whether a method that uses samples takes the place of the plan's
    /// @throws PruningException if a tensor is not there, has another shape, or cannot be pruned like this
    public PruningPlan on(ModelWeights all, MethodInputs inputs, boolean hasSamples) {
        Map<String, Weight> weights = new HashMap<>();
        all.weights().forEach(weight -> weights.put(weight.name(), weight));
        all.others().forEach(other -> other.ifNamed().ifPresent(weight -> weights.put(weight.name(), weight)));
        List<String> differences = new ArrayList<>();
        List<PruningPlan.Target> targets = new ArrayList<>();
        for (Decision decision : decisions) {
            Weight weight = weights.get(decision.tensor);
            if (weight == null) {
                differences.add("'" + decision.tensor + "' is not there, or cannot be pruned");
            } else if (!dims(weight).equals(decision.shape)) {
                differences.add("'" + decision.tensor + "' is " + weight.shape() + ", not "
                        + decision.shape.stream().map(String::valueOf).collect(Collectors.joining("x")));
            } else {
                target(decision, weight, inputs, hasSamples, differences).ifPresent(targets::add);
            }
        }
        requireSame(differences);
        Set<Weight> planned = targets.stream().map(PruningPlan.Target::weight).collect(Collectors.toSet());
        List<LeftAlone> left = new ArrayList<>();
        all.weights().stream()
                .filter(weight -> !planned.contains(weight))
                .forEach(weight -> left.add(new LeftAlone(weight.value(), "not in the plan", Optional.of(weight))));
        all.others().stream()
                .filter(other -> other.ifNamed().filter(planned::contains).isEmpty())
                .forEach(left::add);
        return new PruningPlan(targets, left, seed);
    }

    private Optional<PruningPlan.Target> target(
            Decision decision, Weight weight, MethodInputs inputs, boolean hasSamples, List<String> differences) {
        PatternChoice asked;
        PruningMethod method;
        try {
            asked = PatternChoice.parse(decision.pattern);
            method = hasSamples ? PruningMethods.MAGNITUDE : method(decision.method, inputs);
        } catch (IllegalArgumentException e) {
            throw new PruningException(
                    String.valueOf(e.getMessage()), "the plan, tensor '" + decision.tensor + "'", "");
        }
        PatternChoice.Bound bound = asked.on(weight);
        if (bound.pattern().isEmpty()) {
            differences.add("'" + decision.tensor + "' cannot follow " + asked + ": " + bound.note());
            return Optional.empty();
        }
        Optional<String> unfit = method.unfit(weight);
        if (unfit.isPresent()) {
            differences.add("'" + decision.tensor + "' cannot be pruned by " + method.name() + ": " + unfit.get());
            return Optional.empty();
        }
        return Optional.of(new PruningPlan.Target(
                weight,
                asked,
                bound.pattern().get(),
                bound.note(),
                Optional.ofNullable(decision.sparsity).map(Sparsity::new),
                method,
                Math.min(decision.zeros, bound.pattern().get().unitCount(weight.shape())),
                Optional.empty(),
                decision.reason));
    }

    private static PruningMethod method(String name, MethodInputs inputs) {
        // What a threshold has decided is a number.
        if (name.equals("threshold")) {
            return PruningMethods.MAGNITUDE;
        }
        return PruningMethods.named(name)
                .orElseThrow(() -> new IllegalArgumentException(
                        "the method " + name + " needs samples: give some with --calibration"))
                .with(inputs);
    }

    private void requireSame(List<String> differences) {
        if (!differences.isEmpty()) {
            String rest = differences.size() > LISTED ? "; and " + (differences.size() - LISTED) + " more" : "";
            throw new PruningException(
                    "the plan is for another model: " + differences.size() + " of " + decisions.size()
                            + " tensors differ",
                    "",
                    differences.stream().limit(LISTED).collect(Collectors.joining("; ")) + rest);
        }
    }
}
