package dev.espalier.run;

import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.util.List;

/// Constants that are shared, moved, computed or quantized.
final class ConstantGraphs {
    private ConstantGraphs() {}

    static List<Net> all() {
        return List.of(
                Net.image("a bias that two layers share", 17)
                        .weight("shared", 6)
                        .weight("v", 6, 3, 1, 1)
                        .weight("w", 6, 3, 1, 1)
                        .node("Conv", "x,v,shared", "a")
                        .node("Conv", "x,w,shared", "b")
                        .conv("a", "c", 6, 4)
                        .conv("b", "d", 6, 4)
                        .node("Add", "c,d", "y")
                        .out("y", "N", 4, 6, 6)
                        .expect(12, 2),
                Net.image("a bias that is shared through Identity", 17)
                        .weight("shared", 6)
                        .node("Identity", "shared", "same")
                        .weight("v", 6, 3, 1, 1)
                        .weight("w", 6, 3, 1, 1)
                        .node("Conv", "x,v,shared", "a")
                        .node("Conv", "x,w,same", "b")
                        .conv("a", "c", 6, 4)
                        .conv("b", "d", 6, 4)
                        .node("Add", "c,d", "y")
                        .out("y", "N", 4, 6, 6)
                        .expect(12, 2),
                Net.of("a shape that two reshapes share", 17)
                        .in(2, 5)
                        .dense("x", "a", 5, 8)
                        .dense("x", "b", 5, 8)
                        .integers("shape", 2, 2, 4)
                        .node("Reshape", "a,shape", "c")
                        .node("Reshape", "b,shape", "d")
                        .dense("c", "e", 4, 3)
                        .node("Add", "d,d", "f")
                        .dense("f", "g", 4, 3)
                        .node("Add", "e,g", "y")
                        .out("y", 2, 2, 3)
                        .expect(8, 2),
                Net.of("a weight that is read twice", 17)
                        .in("N", 6)
                        .weight("w", 6, 6)
                        .node("MatMul", "x,w", "a")
                        .node("Tanh", "a", "t")
                        .node("MatMul", "t,w", "b")
                        .node("Tanh", "b", "u")
                        .dense("u", "y", 6, 3)
                        .out("y", "N", 3)
                        .expect(12, 2),
                Net.of("a weight that is transposed", 17)
                        .in("N", 6)
                        .weight("w", 8, 6)
                        .node("Transpose", "w", "wt")
                        .node("MatMul", "x,wt", "a")
                        .dense("a", "y", 8, 3)
                        .out("y", "N", 3)
                        .expect(8, 1),
                Net.of("a weight that is given out", 17)
                        .in("N", 6)
                        .weight("w", 6, 8)
                        .node("MatMul", "x,w", "a")
                        .dense("a", "y", 8, 3)
                        .out("y", "N", 3)
                        .out("w", 6, 8)
                        .expect(8, 1),
                Net.of("a weight of one number", 17)
                        .in("N", 6)
                        .integers("shape", 6, 8)
                        .node("ConstantOfShape", "shape", "w", "value", DenseTensor.of(Shape.of(1), 0.5f))
                        .node("MatMul", "x,w", "a")
                        .dense("a", "y", 8, 3)
                        .out("y", "N", 3)
                        .expect(8, 1),
                Net.image("weights in Constant nodes", 17)
                        .constant("v", 8, 3, 1, 1)
                        .constant("w", 4, 8, 1, 1)
                        .node("Conv", "x,v", "a")
                        .node("Conv", "a,w", "y")
                        .out("y", "N", 4, 6, 6)
                        .expect(8, 1),
                Net.image("quantized along an axis", 17)
                        .weight("bias", 8)
                        .bytes(ElementType.I8, "q", 8, 3, 1, 1)
                        .weight("scale", 8)
                        .node("DequantizeLinear", "q,scale", "w", "axis", 0)
                        .node("Conv", "x,w,bias", "a")
                        .conv("a", "y", 8, 4)
                        .out("y", "N", 4, 6, 6)
                        .expect(8, 1),

                Net.image("two layers that share a weight and lose the same", 17)
                        .weight("w", 8, 3, 1, 1)
                        .node("Conv", "x,w", "a")
                        .node("Conv", "x,w", "b")
                        .node("Add", "a,b", "c")
                        .conv("c", "y", 8, 4)
                        .out("y", "N", 4, 6, 6)
                        .expect(8, 1),
                Net.of("an embedding that is tied to the last layer", 17)
                        .weight("table", 10, 8)
                        .input("ids", ElementType.I64, "N", 4)
                        .node("Gather", "table,ids", "e")
                        .dense("e", "h", 8, 6)
                        .node("Relu", "h", "r")
                        .dense("r", "o", 6, 8)
                        .node("Transpose", "table", "tt")
                        .node("MatMul", "o,tt", "y")
                        .out("y", "N", 4, 10)
                        .expect(22, 3),
                Net.image("a constant that is added to channels", 17)
                        .conv("x", "a", 3, 8)
                        .weight("shift", 1, 8, 1, 1)
                        .node("Add", "a,shift", "s")
                        .node("Identity", "s", "i")
                        .conv("i", "y", 8, 4)
                        .out("y", "N", 4, 6, 6)
                        .expect(8, 1),
                Net.of("a mask of ones of a computed size", 17)
                        .in(2, 5)
                        .dense("x", "a", 5, 8)
                        .node("Shape", "a", "size")
                        .node("ConstantOfShape", "size", "ones", "value", DenseTensor.of(Shape.of(1), 1f))
                        .node("Mul", "a,ones", "m")
                        .dense("m", "y", 8, 3)
                        .out("y", 2, 3)
                        .expect(8, 1),
                Net.of("weights of double precision", 17)
                        .input("x", ElementType.F64, "N", 5)
                        .doubles("w", 5, 8)
                        .node("MatMul", "x,w", "a")
                        .doubles("v", 8, 3)
                        .node("MatMul", "a,v", "z")
                        .node("Cast", "z", "y", "to", 1)
                        .out("y", "N", 3)
                        .expect(8, 1),
                Net.of("weights of half precision", 17)
                        .input("x", ElementType.F16, "N", 5)
                        .halves("w", 5, 8)
                        .node("MatMul", "x,w", "a")
                        .halves("v", 8, 3)
                        .node("MatMul", "a,v", "z")
                        .node("Cast", "z", "y", "to", 1)
                        .out("y", "N", 3)
                        .expect(8, 1));
    }
}
