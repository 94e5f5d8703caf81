package dev.espalier.run;

import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.util.List;

/// Operators that runtimes and newer exporters have for whole patterns.
final class FusedGraphs {
    private FusedGraphs() {}

    static List<Net> all() {
        return List.of(
                Net.microsoft("attention with its projection")
                        .in("N", 5, 6)
                        .weight("w", 6, 24)
                        .weight("b", 24)
                        .fused("Attention", "x,w,b", "a", "num_heads", 2)
                        .dense("a", "y", 8, 3)
                        .out("y", "N", 5, 3)
                        .expect(2, 1),
                Net.microsoft("attention whose values are wider")
                        .in("N", 5, 6)
                        .weight("w", 6, 4 + 4 + 8)
                        .weight("b", 16)
                        .fused("Attention", "x,w,b", "a", "num_heads", 2, "qkv_hidden_sizes", List.of(4, 4, 8))
                        .dense("a", "y", 8, 3)
                        .out("y", "N", 5, 3)
                        .expect(2, 1),
                projected(Net.microsoft("attention of several heads"), 16, 16)
                        .weight("bias", 48)
                        .fused("MultiHeadAttention", "q,k,v,bias", "a", "num_heads", 4)
                        .dense("a", "y", 16, 3)
                        .out("y", 1, 5, 3)
                        .expect(4, 1),
                grouped(Net.microsoft("queries that share keys"))
                        .fused(
                                "GroupQueryAttention",
                                "q,k,v,,,last,total",
                                "a,pk,pv",
                                "num_heads",
                                4,
                                "kv_num_heads",
                                2)
                        .dense("a", "y", 32, 3)
                        .out("y", 1, 5, 3)
                        .expect(2, 1),
                projected(Net.microsoft("queries that share keys of earlier steps"), 32, 16)
                        .narrow("last", Shape.of(1), 6)
                        .narrow("total", Shape.of(), 7)
                        .input("past", ElementType.F32, 1, 2, 2, 8)
                        .input("pastv", ElementType.F32, 1, 2, 2, 8)
                        .fused(
                                "GroupQueryAttention",
                                "q,k,v,past,pastv,last,total",
                                "a,pk,pv",
                                "num_heads",
                                4,
                                "kv_num_heads",
                                2)
                        .dense("a", "y", 32, 3)
                        .out("y", 1, 5, 3)
                        .out("pk", 1, 2, 7, 8)
                        .out("pv", 1, 2, 7, 8)
                        .expect(2, 1),
                projected(Net.of("the standard's attention", 23), 16, 16)
                        .node("Attention", "q,k,v", "a", "q_num_heads", 4, "kv_num_heads", 4)
                        .dense("a", "y", 16, 3)
                        .out("y", 1, 5, 3)
                        .expect(4, 1),
                projected(Net.of("the standard's attention with shared keys", 23), 16, 8)
                        .node("Attention", "q,k,v", "a", "q_num_heads", 4, "kv_num_heads", 2)
                        .dense("a", "y", 16, 3)
                        .out("y", 1, 5, 3)
                        .expect(2, 1),
                apart("the standard's attention with heads apart")
                        .node("Attention", "qt,kt,vt", "o")
                        .node("Transpose", "o", "ot", "perm", List.of(0, 2, 1, 3))
                        .node("Reshape", "ot,join", "joined")
                        .dense("joined", "y", 8, 3)
                        .out("y", 1, 5, 3)
                        .expect(2, 1),
                Net.microsoft("rotary positions")
                        .in(1, 5, 6)
                        .dense("x", "q", 6, 16)
                        .input("at", ElementType.I64, 1, 5)
                        .weight("cos", 8, 4)
                        .weight("sin", 8, 4)
                        .fused("RotaryEmbedding", "q,at,cos,sin", "r")
                        .dense("r", "y", 16, 3)
                        .out("y", 1, 5, 3)
                        .expect(2, 1),
                Net.of("the standard's rotary positions", 23)
                        .in(1, 5, 6)
                        .dense("x", "q", 6, 16)
                        .weight("cos", 1, 5, 4)
                        .weight("sin", 1, 5, 4)
                        .node("RotaryEmbedding", "q,cos,sin", "r", "num_heads", 2)
                        .dense("r", "y", 16, 3)
                        .out("y", 1, 5, 3)
                        .expect(2, 1),
                Net.microsoft("a bias before Gelu")
                        .in("N", 5)
                        .dense("x", "a", 5, 8)
                        .weight("b", 8)
                        .fused("BiasGelu", "a,b", "g")
                        .dense("g", "y", 8, 3)
                        .out("y", "N", 3)
                        .expect(8, 1),
                Net.microsoft("a bias before the fast Gelu")
                        .in("N", 5)
                        .dense("x", "a", 5, 8)
                        .weight("b", 8)
                        .fused("FastGelu", "a,b", "g")
                        .dense("g", "y", 8, 3)
                        .out("y", "N", 3)
                        .expect(8, 1),
                skipped("SkipLayerNormalization", "n,,,s", "g,t,b")
                        .frozen("a", 2, "SkipLayerNormalization")
                        .expect(0, 0),
                skipped("SkipSimplifiedLayerNormalization", "n,,,s", "g,b").expect(8, 1),
                Net.microsoft("a product that transposes its weight")
                        .in("N", 4, 5)
                        .weight("w", 8, 5)
                        .fused("FusedMatMul", "x,w", "a", "transB", 1, "alpha", 0.5f)
                        .dense("a", "y", 8, 3)
                        .out("y", "N", 4, 3)
                        .expect(8, 1),
                Net.microsoft("a convolution with its activation and a sum")
                        .in("N", 3, 6, 6)
                        .weight("w", 8, 3, 1, 1)
                        .weight("b", 8)
                        .conv("x", "z", 3, 8)
                        .fused("FusedConv", "x,w,b,z", "a", "activation", "Relu")
                        .conv("a", "y", 8, 4)
                        .out("y", "N", 4, 6, 6)
                        .expect(8, 1),
                Net.microsoft("the quick Gelu")
                        .in("N", 5)
                        .dense("x", "a", 5, 8)
                        .fused("QuickGelu", "a", "g")
                        .dense("g", "y", 8, 3)
                        .out("y", "N", 3)
                        .expect(8, 1));
    }

    private static Net projected(Net net, int queries, int keys) {
        return net.in(1, 5, 6)
                .dense("x", "q", 6, queries)
                .dense("x", "k", 6, keys)
                .dense("x", "v", 6, keys);
    }

    private static Net grouped(Net net) {
        return projected(net, 32, 16).narrow("last", Shape.of(1), 4).narrow("total", Shape.of(), 5);
    }

    private static Net apart(String name) {
        Net net =
                projected(Net.of(name, 23), 8, 8).integers("split", 0, 0, 2, 4).integers("join", 0, 0, 8);
        for (String each : List.of("q", "k", "v")) {
            net.node("Reshape", each + ",split", each + "4")
                    .node("Transpose", each + "4", each + "t", "perm", List.of(0, 2, 1, 3));
        }
        return net;
    }

    /// @param parameters what comes after the two tensors
    private static Net skipped(String operator, String outputs, String parameters) {
        return Net.microsoft(operator)
                .in("N", 5, 6)
                .dense("x", "a", 6, 8)
                .dense("x", "c", 6, 8)
                .weight("g", 8)
                .weight("t", 8)
                .weight("b", 8)
                .fused(operator, "a,c," + parameters, outputs, "epsilon", 1e-5f)
                .node("Add", "n,s", "r")
                .dense("r", "y", 8, 3)
                .out("y", "N", 5, 3);
    }
}
