package dev.espalier.sparse;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// How standard ONNX operators make a tensor from the parts that are stored in its place: the description from which
/// such nodes are written, and by which they are recognised, whatever their names.
///
/// Every name in it is one of three things: the output of a step, a constant that the program brings along, or a part.
/// The last step makes [#RESULT].
///
/// A program may be incomplete: then it has settings, constants that are not known before the nodes of a file have been
/// read ([PackedEncoding#complete]).
///
/// @param steps in the order in which they run; each makes one tensor
/// @param constants tensors that depend on the shape and the settings
/// @param settings the names of the constants that are not known yet
public record DecodeProgram(List<Step> steps, Map<String, DenseTensor> constants, Set<String> settings) {
    /// The name of the decoded tensor.
    public static final String RESULT = "";

    /// One operator of the standard's own domain. Attributes that are not given have their default.
    public record Step(String operator, List<String> inputs, String output, List<Argument> arguments) {
        public Step {
            inputs = List.copyOf(inputs);
            arguments = List.copyOf(arguments);
        }
    }

    /// An attribute of a step.
    public sealed interface Argument {
        /// Its name.
        String name();
    }

    /// A string.
    public record Text(String name, String value) implements Argument {}

    /// An element type.
    public record Type(String name, ElementType value) implements Argument {}

    /// An integer.
    public record Int(String name, long value) implements Argument {}

    /// A list of integers.
    public record Ints(String name, List<Long> values) implements Argument {}

    /// A tensor: the part of that name.
    public record Part(String name, String part) implements Argument {}

    public DecodeProgram {
        steps = List.copyOf(steps);
        settings = Set.copyOf(settings);
    }

    /// The constant of that name.
    DenseTensor constant(String name) {
        DenseTensor constant = constants.get(name);
        if (constant == null) {
            throw new IllegalArgumentException("no constant '" + name + "'");
        }
        return constant;
    }

    /// The names of the parts, in the order in which the steps first mention them.
    public Set<String> parts() {
        Set<String> parts = new LinkedHashSet<>();
        for (Step step : steps) {
            addInitializers(step, parts);
            for (Argument argument : step.arguments) {
                if (argument instanceof Part(String name, String part)) {
                    parts.add(part);
                }
            }
        }
        return parts;
    }

    /// Those of the parts that are inputs of a step: the others are in attributes.
    public Set<String> initializerParts() {
        Set<String> parts = new LinkedHashSet<>();
        steps.forEach(step -> addInitializers(step, parts));
        return parts;
    }

    private void addInitializers(Step step, Set<String> parts) {
        for (String input : step.inputs) {
            boolean isMade = steps.stream().anyMatch(other -> other.output.equals(input));
            if (!isMade && !constants.containsKey(input) && !settings.contains(input)) {
                parts.add(input);
            }
        }
    }

    static Builder builder() {
        return new Builder();
    }

    /// An INT64 vector.
    static DenseTensor integers(long... values) {
        return DenseTensor.ofBits(ElementType.I64, Shape.of(values.length), values);
    }

    /// Collects the steps.
    static final class Builder {
        private final List<Step> steps = new ArrayList<>();
        private final Map<String, DenseTensor> constants = new LinkedHashMap<>();
        private final Set<String> settings = new LinkedHashSet<>();

        /// A constant that may not be known yet.
        Builder setting(String name, Optional<DenseTensor> known) {
            known.ifPresentOrElse(tensor -> constants.put(name, tensor), () -> settings.add(name));
            return this;
        }

        /// The constants and settings of another program.
        Builder all(DecodeProgram program) {
            constants.putAll(program.constants);
            settings.addAll(program.settings);
            return this;
        }

        Builder constant(String name, DenseTensor tensor) {
            constants.put(name, tensor);
            return this;
        }

        /// A constant of INT64 elements.
        Builder constant(String name, Shape shape, long... elements) {
            return constant(name, DenseTensor.ofBits(ElementType.I64, shape, elements));
        }

        Builder step(String operator, List<String> inputs, String output, Argument... arguments) {
            steps.add(new Step(operator, inputs, output, List.of(arguments)));
            return this;
        }

        DecodeProgram build() {
            return new DecodeProgram(steps, constants, settings);
        }
    }
}
