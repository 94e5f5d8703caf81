package dev.espalier.onnx;

/// A place where a value is read.
///
/// @param node the reader
/// @param index which of its inputs
public record Use(Node node, int index) {}
