package dev.espalier.onnx;

import dev.espalier.onnx.proto.AttributeProto;
import dev.espalier.onnx.proto.GraphProto;
import dev.espalier.onnx.proto.NodeProto;
import dev.espalier.onnx.proto.TensorProto;
import dev.espalier.sparse.DecodeProgram;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.PackedEncoding;
import dev.espalier.sparse.PackedTensor;
import dev.espalier.sparse.Shape;
import dev.espalier.sparse.SparseEncodings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Finds the packed tensors of a graph: nodes that together are a [DecodeProgram], in any order and under any names,
/// and of which nothing else reads more than the result. That is proof enough of what they compute, so nothing needs to
/// say that they are there.
final class PackedReader {
    private static final int MOST_DIMENSIONS = 64;

    /// A table for each value of a byte, of no more than as many bytes.
    private static final int MOST_SETTING_BYTES = 1 << 16;

    /// A packed tensor.
    ///
    /// @param name of the decoded tensor
    /// @param origin the nodes, initializers and declared types that stand for it, under the name of its values
    /// @param shared whether some of its constants serve others too, so that it cannot be written as it was read
    record Found(String name, Constant.Packed constant, GraphProto origin, boolean shared) {}

    /// The packed tensors of a graph.
    ///
    /// @param tensors by the name of the first initializer that belongs to one alone
    /// @param initializers the names of all that serve nothing else
    /// @param outputs the names of all that their nodes make
    record Result(Map<String, Found> tensors, Set<String> initializers, Set<String> outputs) {}

    /// What a program's names are in the graph.
    private record Match(
            String name,
            PackedEncoding encoding,
            Shape shape,
            DecodeProgram program,
            Map<String, String> names,
            Map<String, TensorProto> attributes) {
        Match with(DecodeProgram complete) {
            return new Match(name, encoding, shape, complete, names, attributes);
        }

        String nameOf(String inProgram) {
            return names.getOrDefault(inProgram, "");
        }

        /// How often the program's own nodes read each name.
        Map<String, Integer> uses() {
            Map<String, Integer> uses = new LinkedHashMap<>();
            for (DecodeProgram.Step step : program.steps()) {
                step.inputs().forEach(input -> uses.merge(nameOf(input), 1, Integer::sum));
            }
            return uses;
        }

        /// What its nodes make on the way.
        List<String> inner() {
            return outputs().subList(0, program.steps().size() - 1);
        }

        List<String> outputs() {
            return program.steps().stream().map(step -> nameOf(step.output())).toList();
        }
    }

    private final GraphProto graph;
    private final TensorReader tensors;
    private final Map<String, Integer> producers = new HashMap<>();
    private final Map<String, Integer> initializers = new HashMap<>();
    private final Map<String, Integer> infos = new HashMap<>();
    private final Map<String, Integer> uses = new HashMap<>();
    private final Map<String, Integer> definitions = new HashMap<>();

    private PackedReader(GraphProto graph, TensorReader tensors) {
        this.graph = graph;
        this.tensors = tensors;
    }

    static Result find(GraphProto graph, TensorReader tensors) {
        // All programs have one of these, hardly any other graph does.
        boolean isWorthwhile = graph.getNodeList().stream()
                .anyMatch(node ->
                        node.getOpType().equals("CumSum") || node.getOpType().equals("ScatterElements"));
        return isWorthwhile ? new PackedReader(graph, tensors).find() : new Result(Map.of(), Set.of(), Set.of());
    }

    private Result find() {
        for (int i = 0; i < graph.getNodeCount(); i++) {
            for (String name : graph.getNode(i).getOutputList()) {
                producers.put(name, i);
            }
        }
        for (int i = 0; i < graph.getInitializerCount(); i++) {
            initializers.put(graph.getInitializer(i).getName(), i);
        }
        for (int i = 0; i < graph.getValueInfoCount(); i++) {
            infos.put(graph.getValueInfo(i).getName(), i);
        }
        countDefinitions();
        // What callers may set is not ours to decode.
        graph.getInputList().forEach(input -> initializers.remove(input.getName()));
        countUses(graph);
        List<Match> matches = new ArrayList<>();
        for (NodeProto node : graph.getNodeList()) {
            if (node.getOutputCount() == 1 && !node.getOutput(0).isEmpty()) {
                match(node).ifPresent(matches::add);
            }
        }
        // The beginning of a program may be one too.
        Set<String> inner = new HashSet<>();
        matches.forEach(match -> inner.addAll(match.inner()));
        return result(
                matches.stream().filter(match -> !inner.contains(match.name)).toList());
    }

    private Result result(List<Match> matches) {
        Map<String, Integer> inside = new HashMap<>();
        matches.forEach(match -> match.uses().forEach((name, count) -> inside.merge(name, count, Integer::sum)));
        Map<String, Found> found = new HashMap<>();
        Set<String> gone = new HashSet<>();
        Set<String> outputs = new HashSet<>();
        for (Match match : matches) {
            outputs.addAll(match.outputs());
            List<Integer> places = places(match.uses().keySet(), initializers);
            List<String> own = new ArrayList<>();
            for (int place : places) {
                String name = graph.getInitializer(place).getName();
                if (Objects.equals(match.uses().get(name), uses.get(name))) {
                    own.add(name);
                }
                if (Objects.equals(inside.get(name), uses.get(name))) {
                    gone.add(name);
                }
            }
            found.put(own.getFirst(), found(match, places, own.size() < places.size()));
        }
        return new Result(found, gone, outputs);
    }

    private Found found(Match match, List<Integer> places, boolean shared) {
        GraphProto.Builder origin = GraphProto.newBuilder().setName(match.nameOf(PackedWriter.VALUES));
        places(match.outputs(), producers).forEach(place -> origin.addNode(graph.getNode(place)));
        places.forEach(place -> origin.addInitializer(graph.getInitializer(place)));
        places(match.outputs(), infos).forEach(place -> origin.addValueInfo(graph.getValueInfo(place)));
        Map<String, Constant> stored = new LinkedHashMap<>();
        origin.getInitializerList().forEach(proto -> stored.put(proto.getName(), tensors.read(proto)));
        Map<String, Constant> parts = new HashMap<>();
        Map<String, DenseTensor> elements = new HashMap<>();
        for (String part : match.program.parts()) {
            Constant constant = Optional.ofNullable(stored.get(match.nameOf(part)))
                    .or(() -> part(part, match))
                    .orElseThrow();
            parts.put(part, constant);
            elements.put(part, constant.decode());
        }
        PackedTensor tensor = new PackedTensor(match.encoding, match.shape, match.program, elements);
        return new Found(
                match.name, new Constant.Packed(tensor, parts, List.copyOf(stored.values())), origin.build(), shared);
    }

    /// Where the names are that are there, in file order.
    private static List<Integer> places(Collection<String> names, Map<String, Integer> index) {
        return names.stream()
                .map(index::get)
                .filter(Objects::nonNull)
                .distinct()
                .sorted()
                .toList();
    }

    private void countUses(GraphProto any) {
        any.getOutputList().forEach(output -> uses.merge(output.getName(), 1, Integer::sum));
        for (NodeProto node : any.getNodeList()) {
            node.getInputList().forEach(name -> uses.merge(name, 1, Integer::sum));
            for (AttributeProto attribute : node.getAttributeList()) {
                if (attribute.hasG()) {
                    countUses(attribute.getG());
                }
                attribute.getGraphsList().forEach(this::countUses);
            }
        }
    }

    private void countDefinitions() {
        graph.getNodeList().forEach(node -> node.getOutputList().forEach(this::countDefinition));
        graph.getInputList().forEach(input -> countDefinition(input.getName()));
        graph.getInitializerList().forEach(tensor -> countDefinition(tensor.getName()));
        graph.getSparseInitializerList()
                .forEach(tensor -> countDefinition(tensor.getValues().getName()));
    }

    private void countDefinition(String name) {
        definitions.merge(name, 1, Integer::sum);
    }

    private Optional<Match> match(NodeProto last) {
        Optional<Shape> shape = shapeOf(last);
        for (PackedEncoding encoding : SparseEncodings.READABLE) {
            for (DecodeProgram program : shape.map(encoding::programs).orElse(List.of())) {
                Match match =
                        new Match(last.getOutput(0), encoding, shape.get(), program, new HashMap<>(), new HashMap<>());
                Optional<Match> found = hasSteps(match) ? complete(match).filter(this::fits) : Optional.empty();
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    /// Every program ends in a Reshape to the shape of the tensor.
    private Optional<Shape> shapeOf(NodeProto last) {
        if (!last.getOpType().equals("Reshape") || last.getInputCount() != 2) {
            return Optional.empty();
        }
        Constant constant = initializer(last.getInput(1)).orElse(null);
        if (constant == null
                || constant.type() != ElementType.I64
                || constant.shape().rank() != 1
                || constant.shape().dim(0) > MOST_DIMENSIONS) {
            return Optional.empty();
        }
        DenseTensor tensor = constant.decode();
        long[] dims = new long[(int) tensor.elementCount()];
        for (int i = 0; i < dims.length; i++) {
            dims[i] = tensor.bitsAt(i);
            if (dims[i] < 1) {
                return Optional.empty();
            }
        }
        return Shape.isValid(dims) ? Optional.of(Shape.of(dims)) : Optional.empty();
    }

    private boolean hasSteps(Match match) {
        match.names.put(DecodeProgram.RESULT, match.name);
        for (DecodeProgram.Step step : match.program.steps().reversed()) {
            Integer place = producers.get(match.nameOf(step.output()));
            if (place == null || !fits(step, graph.getNode(place), match)) {
                return false;
            }
        }
        return true;
    }

    /// With the constants that follow from what the graph has for the settings.
    private Optional<Match> complete(Match match) {
        Map<String, DenseTensor> settings = new HashMap<>();
        for (String setting : match.program.settings()) {
            Constant constant = initializer(match.nameOf(setting)).orElse(null);
            if (constant == null
                    || constant instanceof Constant.Opaque
                    || constant.type().byteCount(constant.shape().elementCount()) > MOST_SETTING_BYTES) {
                return Optional.empty();
            }
            settings.put(setting, constant.decode());
        }
        return match.encoding.complete(match.shape, match.program, settings).map(match::with);
    }

    private boolean fits(Match match) {
        boolean hasConstants = match.program.constants().entrySet().stream()
                .allMatch(c -> isConstant(match.nameOf(c.getKey()), c.getValue()));
        boolean hasParts = match.program.parts().stream()
                .allMatch(part -> part(part, match)
                        .filter(constant -> isReadable(constant, match.attributes.containsKey(part)))
                        .isPresent());
        return hasConstants && hasParts && isAlone(match) && isUnambiguous(match);
    }

    /// Nodes are written as they were read, so the data in their attributes must be there.
    private static boolean isReadable(Constant constant, boolean isAttribute) {
        return !(constant instanceof Constant.Opaque) && !(isAttribute && constant instanceof Constant.External);
    }

    /// No name of it is defined twice. One that is stays in the graph, so that the file is refused for it.
    private boolean isUnambiguous(Match match) {
        return Stream.concat(match.uses().keySet().stream(), Stream.of(match.name))
                .allMatch(name -> Objects.equals(definitions.get(name), 1));
    }

    /// Nothing else reads its parts or what its nodes make on the way.
    private boolean isAlone(Match match) {
        Set<String> shareable = new HashSet<>();
        match.program.constants().keySet().forEach(constant -> shareable.add(match.nameOf(constant)));
        return match.uses().entrySet().stream()
                .allMatch(use ->
                        shareable.contains(use.getKey()) || use.getValue().equals(uses.get(use.getKey())));
    }

    private static boolean fits(DecodeProgram.Step step, NodeProto node, Match match) {
        boolean isSame = node.getOpType().equals(step.operator())
                && (node.getDomain().isEmpty() || node.getDomain().equals("ai.onnx"))
                && node.getOutputCount() == 1
                && node.getInputCount() == step.inputs().size();
        for (int i = 0; isSame && i < step.inputs().size(); i++) {
            String name = node.getInput(i);
            String bound = match.names.putIfAbsent(step.inputs().get(i), name);
            isSame = !name.isEmpty() && (bound == null || bound.equals(name));
        }
        return isSame && fits(step.arguments(), node, match);
    }

    private static boolean fits(List<DecodeProgram.Argument> arguments, NodeProto node, Match match) {
        Map<String, AttributeProto> left = new HashMap<>();
        node.getAttributeList().forEach(attribute -> left.put(attribute.getName(), attribute));
        for (DecodeProgram.Argument argument : arguments) {
            AttributeProto found = left.remove(argument.name());
            if (found == null) {
                return false;
            }
            boolean isSame = switch (argument) {
                case DecodeProgram.Text text -> found.getS().toStringUtf8().equals(text.value());
                case DecodeProgram.Type type -> found.getI() == OnnxTypes.number(type.value());
                case DecodeProgram.Int integer -> found.hasI() && found.getI() == integer.value();
                case DecodeProgram.Ints integers -> found.getIntsList().equals(integers.values());
                case DecodeProgram.Part part -> {
                    match.attributes.put(part.part(), found.getT());
                    yield found.hasT();
                }
            };
            if (!isSame) {
                return false;
            }
        }
        return left.values().stream().allMatch(PackedReader::isDefault);
    }

    /// Tools write out attributes that have their default: axis, exclusive, reverse, allowzero 0; saturate 1.
    private static boolean isDefault(AttributeProto attribute) {
        return switch (attribute.getName()) {
            case "saturate" -> attribute.getI() == 1;
            case "reduction" -> attribute.getS().toStringUtf8().equals("none");
            default -> attribute.getType() == AttributeProto.AttributeType.INT && attribute.getI() == 0;
        };
    }

    private boolean isConstant(String name, DenseTensor expected) {
        return initializer(name)
                .filter(constant -> constant.type() == expected.type()
                        && constant.shape().equals(expected.shape())
                        && constant.decode().isSameAs(expected))
                .isPresent();
    }

    private Optional<Constant> part(String part, Match match) {
        TensorProto attribute = match.attributes.get(part);
        return attribute == null ? initializer(match.nameOf(part)) : Optional.of(tensors.read(attribute));
    }

    private Optional<Constant> initializer(String name) {
        return Optional.ofNullable(initializers.get(name)).map(place -> tensors.read(graph.getInitializer(place)));
    }
}
