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
                        .expect(8, 1));
    }
}
