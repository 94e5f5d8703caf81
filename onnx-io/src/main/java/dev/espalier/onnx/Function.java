package dev.espalier.onnx;

import dev.espalier.onnx.proto.FunctionProto;
import java.util.List;
import java.util.Map;

/// A local function: a node whose domain, operator and overload are these is a call of its body.
public final class Function {
    private final FunctionProto rest;
    private final Graph body;

    Function(FunctionProto rest, Graph body) {
        this.rest = rest;
        this.body = body;
    }

    /// The operator that calls it.
    public String name() {
        return rest.getName();
    }

    /// The domain of that operator.
    public String domain() {
        return rest.getDomain().equals("ai.onnx") ? "" : rest.getDomain();
    }

    /// The overload of that operator.
    public String overload() {
        return rest.getOverload();
    }

    /// Its nodes, over inputs that each call binds.
    public Graph body() {
        return body;
    }

    /// What a node must have to call it.
    static List<String> call(String domain, String name, String overload) {
        return List.of(domain, name, overload);
    }

    /// The operator sets that its nodes are written in.
    public Map<String, Long> opsets() {
        return Model.opsets(rest.getOpsetImportList());
    }

    FunctionProto rest() {
        return rest;
    }
}
