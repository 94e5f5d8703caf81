package dev.espalier.run;

import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.util.List;

/// Quantized operators.
final class QuantizedGraphs {
    private QuantizedGraphs() {}

    static List<Net> all() {
        return List.of(
                image("a quantized convolution")
                        .bytes(ElementType.I8, "w", 8, 3, 1, 1)
                        .floats("ws", Shape.of(8), 1, 2, 3, 4, 5, 6, 7, 8)
                        .zeros(ElementType.I8, "wz", 8)
                        .node("QLinearConv", "xq,s,z,w,ws,wz,s,z", "a")
                        .bytes(ElementType.I8, "v", 4, 8, 1, 1)
                        .node("QLinearConv", "a,s,z,v,s,vz,s,z", "b")
                        .node("DequantizeLinear", "b,s,z", "y")
                        .out("y", "N", 4, 6, 6)
                        .expect(8, 1),
                image("quantized activations along an axis")
                        .conv("x", "a", 3, 8)
                        .floats("as", Shape.of(8), .1f, .2f, .3f, .4f, .5f, .6f, .7f, .8f)
                        .bytes(ElementType.U8, "az", 8)
                        .node("QuantizeLinear", "a,as,az", "q", "axis", 1)
                        .node("DequantizeLinear", "q,as,az", "d", "axis", 1)
                        .conv("d", "y", 8, 4)
                        .out("y", "N", 4, 6, 6)
                        .expect(8, 1),
                image("a convolution of integers")
                        .bytes(ElementType.U8, "w", 8, 3, 1, 1)
                        .bytes(ElementType.U8, "wz", 1)
                        .node("ConvInteger", "xq,w,z", "i")
                        .node("Cast", "i", "a", "to", 1)
                        .conv("a", "y", 8, 4)
                        .out("y", "N", 4, 6, 6)
                        .expect(8, 1),
                dynamic("a product of integers")
                        .node("MatMulInteger", "aq,w,az", "i")
                        .node("Cast", "i", "y", "to", 1)
                        .out("y", "N", 3)
                        .expect(8, 1),
                dynamic("a product of integers with zero points for columns")
                        .bytes(ElementType.U8, "wz", 3)
                        .node("MatMulInteger", "aq,w,az,wz", "i")
                        .node("Cast", "i", "y", "to", 1)
                        .out("y", "N", 3)
                        .expect(8, 1),
                dynamic("columns of a product of integers")
                        .bytes(ElementType.U8, "wz", 3)
                        .node("MatMulInteger", "aq,w,az,wz", "i")
                        .node("Cast", "i", "f", "to", 1)
                        .dense("f", "y", 3, 2)
                        .out("y", "N", 2)
                        .expect(11, 2),
                Net.microsoft("a product that quantizes its input")
                        .in("N", 5)
                        .dense("x", "a", 5, 8)
                        .bytes(ElementType.U8, "w", 8, 3)
                        .floats("ws", Shape.of(3), .1f, .2f, .3f)
                        .bytes(ElementType.U8, "wz", 3)
                        .fused("DynamicQuantizeMatMul", "a,w,ws,wz", "f")
                        .dense("f", "y", 3, 2)
                        .out("y", "N", 2)
                        .expect(11, 2),
                Net.of("a quantized product", 17)
                        .in("N", 5)
                        .dense("x", "a", 5, 8)
                        .floats("s", Shape.of(), .1f)
                        .single(ElementType.U8, "z", 120)
                        .node("QuantizeLinear", "a,s,z", "q")
                        .bytes(ElementType.U8, "w", 8, 3)
                        .node("QLinearMatMul", "q,s,z,w,s,z,s,z", "p")
                        .node("DequantizeLinear", "p,s,z", "y")
                        .out("y", "N", 3)
                        .expect(8, 1),
                quantized("a quantized sum", 8)
                        .fused("QLinearAdd", "q,s,z,q,s,z,s,z", "p")
                        .expect(8, 1),
                quantized("quantized parts that are joined", 16)
                        .fused("QLinearConcat", "s,z,q,s,z,q,s,z", "p", "axis", 1)
                        .expect(8, 1),
                quantized("a quantized Softmax", 8)
                        .fused("QLinearSoftmax", "q,s,z,s,z", "p", "axis", 1, "opset", 13)
                        .expect(0, 0),
                Net.microsoft("a weight of four bits")
                        .in("N", 32)
                        .bytes(ElementType.U8, "w", 6, 1, 16)
                        .weight("ws", 6)
                        .fused("MatMulNBits", "x,w,ws", "a", "K", 32, "N", 6, "bits", 4, "block_size", 32)
                        .dense("a", "y", 6, 3)
                        .out("y", "N", 3)
                        .expect(6, 1),
                Net.microsoft("a weight of four bits with zero points")
                        .in("N", 64)
                        .bytes(ElementType.U8, "w", 5, 4, 8)
                        .weight("ws", 20)
                        .bytes(ElementType.U8, "wz", 10)
                        .weight("b", 5)
                        .fused("MatMulNBits", "x,w,ws,wz,,b", "a", "K", 64, "N", 5, "bits", 4, "block_size", 16)
                        .dense("a", "y", 5, 3)
                        .out("y", "N", 3)
                        .expect(5, 1),
                Net.microsoft("rows of a weight of four bits stay")
                        .in("N", 5)
                        .dense("x", "a", 5, 32)
                        .bytes(ElementType.U8, "w", 6, 1, 16)
                        .weight("ws", 6)
                        .fused("MatMulNBits", "a,w,ws", "y", "K", 32, "N", 6, "bits", 4, "block_size", 32)
                        .out("y", "N", 6)
                        .frozen("a", 1, "blocks of rows share a scale")
                        .expect(0, 0),
                Net.of("weights of four bits that are dequantized", 21)
                        .in("N", 6)
                        .zeros(ElementType.I4, "q", 6, 5)
                        .floats("s", Shape.of(), .1f)
                        .node("DequantizeLinear", "q,s", "w")
                        .node("MatMul", "x,w", "a")
                        .dense("a", "y", 5, 3)
                        .out("y", "N", 3)
                        .expect(0, 0),
                Net.of("scales for blocks of rows", 21)
                        .in("N", 8)
                        .bytes(ElementType.I8, "q", 8, 6)
                        .weight("s", 2, 6)
                        .node("DequantizeLinear", "q,s", "w", "axis", 0, "block_size", 4)
                        .node("MatMul", "x,w", "a")
                        .dense("a", "y", 6, 3)
                        .out("y", "N", 3)
                        .expect(6, 1));
    }

    private static Net image(String name) {
        return Net.image(name, 17)
                .floats("s", Shape.of(), .1f)
                .single(ElementType.U8, "z", 120)
                .single(ElementType.I8, "vz", 0)
                .node("QuantizeLinear", "x,s,z", "xq");
    }

    /// A layer whose outputs are quantized by their own range.
    private static Net dynamic(String name) {
        return Net.of(name, 17)
                .in("N", 5)
                .dense("x", "a", 5, 8)
                .node("DynamicQuantizeLinear", "a", "aq,as,az")
                .bytes(ElementType.U8, "w", 8, 3);
    }

    private static Net quantized(String name, int width) {
        return Net.microsoft(name)
                .in("N", 5)
                .dense("x", "a", 5, 8)
                .floats("s", Shape.of(), .1f)
                .single(ElementType.U8, "z", 120)
                .node("QuantizeLinear", "a,s,z", "q")
                .node("DequantizeLinear", "p,s,z", "d")
                .dense("d", "y", width, 3)
                .out("y", "N", 3);
    }
}
