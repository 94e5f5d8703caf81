package dev.espalier.onnx;

import java.util.List;

/// A named argument of a node (AttributeProto).
public sealed interface Attribute {
    /// Its name, unique in the node.
    String name();

    /// An integer.
    record Int(String name, long value) implements Attribute {}

    /// A number.
    record Real(String name, float value) implements Attribute {}

    /// A string.
    record Text(String name, String value) implements Attribute {}

    /// A list of integers.
    record Ints(String name, List<Long> values) implements Attribute {}

    /// A list of numbers.
    record Reals(String name, List<Float> values) implements Attribute {}

    /// A list of strings.
    record Texts(String name, List<String> values) implements Attribute {}

    /// A tensor, dense or sparse.
    record Tensor(String name, Constant value) implements Attribute {}

    /// Graphs to run: a branch of If, the body of Loop. Nearly always one.
    record Bodies(String name, List<Graph> graphs) implements Attribute {}

    /// In a function body: the attribute `target` of the call.
    record Reference(String name, String target) implements Attribute {}

    /// Lists of tensors, types, and kinds that are not known here: carried along as they are.
    record Other(String name) implements Attribute {}
}
