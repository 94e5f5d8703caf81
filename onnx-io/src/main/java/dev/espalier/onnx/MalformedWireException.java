package dev.espalier.onnx;

/// Bytes are not protobuf. The message is a clause about the file: "it ends in the middle of a field".
final class MalformedWireException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedWireException(String what) {
        super(what);
    }
}
