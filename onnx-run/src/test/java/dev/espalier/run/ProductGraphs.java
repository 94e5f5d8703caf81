package dev.espalier.run;

import dev.espalier.sparse.ElementType;
import java.util.List;

/// Matrix products and embeddings.
final class ProductGraphs {
    private ProductGraphs() {}

    static List<Net> all() {
        return List.of(
                Net.of("Gemm with everything turned", 17)
                        .in(5, 4)
                        .weight("w", 8, 5)
                        .weight("c", 8)
                        .node("Gemm", "x,w,c", "a", "transA", 1, "transB", 1)
                        .weight("v", 3, 8)
                        .node("Gemm", "a,v", "y", "transB", 1)
                        .out("y", 4, 3)
                        .expect(8, 1),
                Net.of("a weight on the left", 17)
                        .in(5, 4)
                        .weight("w", 8, 5)
                        .node("MatMul", "w,x", "a")
                        .weight("v", 3, 8)
                        .node("MatMul", "v,a", "y")
                        .out("y", 3, 4)
                        .expect(8, 1),
                Net.of("an embedding", 17)
                        .weight("table", 10, 8)
                        .input("ids", ElementType.I64, "N", 4)
                        .node("Gather", "table,ids", "e")
                        .dense("e", "y", 8, 3)
                        .out("y", "N", 4, 3)
                        .expect(8, 1),
                Net.of("a product with itself", 17)
                        .in("N", 5)
                        .dense("x", "a", 5, 8)
                        .node("Transpose", "a", "t")
                        .node("MatMul", "a,t", "y")
                        .out("y", "N", "N")
                        .expect(8, 1),
                Net.of("letters of a product", 17)
                        .in("N", 4, 5)
                        .weight("w", 5, 8)
                        .node("Einsum", "x,w", "a", "equation", "bsk,kn->bsn")
                        .weight("v", 8, 3)
                        .node("Einsum", "a,v", "y", "equation", "bsn,nm->bsm")
                        .out("y", "N", 4, 3)
                        .expect(8, 1),
                Net.of("letters of heads", 17)
                        .in("N", 4, 5)
                        .weight("w", 5, 2, 3)
                        .node("Einsum", "x,w", "a", "equation", "bsk,khd->bshd")
                        .weight("v", 2, 3, 6)
                        .node("Einsum", "a,v", "y", "equation", "bshd,hdm->bsm")
                        .out("y", "N", 4, 6)
                        .expect(5, 2),
                Net.of("a sum by letters", 17)
                        .in("N", 5)
                        .dense("x", "a", 5, 8)
                        .node("Einsum", "a", "y", "equation", "ij->i")
                        .out("y", "N")
                        .expect(8, 1),
                Net.of("weights for each of a batch", 17)
                        .in(2, 4, 5)
                        .weight("w", 2, 5, 8)
                        .node("MatMul", "x,w", "a")
                        .weight("v", 2, 8, 3)
                        .node("MatMul", "a,v", "y")
                        .out("y", 2, 4, 3)
                        .expect(8, 1),
                Net.of("a product with a vector", 17)
                        .in(4, 5)
                        .dense("x", "a", 5, 8)
                        .weight("v", 8)
                        .node("MatMul", "a,v", "y")
                        .out("y", 4)
                        .expect(8, 1),
                Net.of("a gate of two halves", 17)
                        .in("N", 5)
                        .dense("x", "a", 5, 12)
                        .node("Split", "a", "g,u", "axis", -1)
                        .node("Sigmoid", "g", "s")
                        .node("Mul", "s,u", "m")
                        .dense("m", "y", 6, 3)
                        .out("y", "N", 3)
                        .expect(6, 1));
    }
}
