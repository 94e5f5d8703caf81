package dev.espalier.run;

import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.util.List;

/// Operators that write into copies.
final class ScatterGraphs {
    private ScatterGraphs() {}

    static List<Net> all() {
        return List.of(
                Net.of("zeros that are written into a bias", 17)
                        .in("N", 6)
                        .dense("x", "a", 6, 8)
                        .weight("b", 8)
                        .table("places", 2, 5, -1)
                        .weight("zero", 1)
                        .integers("three", 3)
                        .node("Expand", "zero,three", "zeros")
                        .node("ScatterND", "b,places,zeros", "c")
                        .node("Add", "a,c", "d")
                        .dense("d", "y", 8, 4)
                        .out("y", "N", 4)
                        .expect(8, 2),
                Net.of("a number that is added to a bias", 17)
                        .in("N", 6)
                        .dense("x", "a", 6, 4)
                        .weight("b", 4)
                        .table("places", 1)
                        .weight("number", 1)
                        .node("ScatterND", "b,places,number", "c", "reduction", "add")
                        .node("Add", "a,c", "d")
                        .dense("d", "y", 4, 3)
                        .out("y", "N", 3)
                        .expect(3, 1),
                Net.of("rows that are written into a table", 17)
                        .in(2, 6)
                        .dense("x", "a", 6, 8)
                        .weight("table", 4, 8)
                        .table("places", 3, 0)
                        .node("ScatterND", "table,places,a", "c")
                        .dense("c", "y", 8, 3)
                        .out("y", 4, 3)
                        .expect(8, 1)
                        .frozen("c", 0, "an output of the model"),
                Net.of("rows that are written where the input says", 17)
                        .in(2, 6)
                        .input("places", ElementType.I64, 2, 1)
                        .dense("x", "a", 6, 8)
                        .weight("table", 4, 8)
                        .node("ScatterND", "table,places,a", "c")
                        .dense("c", "y", 8, 3)
                        .out("y", 4, 3)
                        .expect(8, 1)
                        .frozen("table", 0, "where it is written is chosen by several indices or at run time"),
                Net.of("elements that are written into rows", 18)
                        .in(2, 6)
                        .dense("x", "a", 6, 8)
                        .weight("table", 4, 8)
                        .table("rows", 3, 0)
                        .integers("size", 2, 8)
                        .node("Expand", "rows,size", "places")
                        .node("ScatterElements", "table,places,a", "c", "axis", 0)
                        .dense("c", "y", 8, 3)
                        .out("y", 4, 3)
                        .expect(8, 1),
                Net.of("elements that are written into some columns", 18)
                        .in(2, 6)
                        .dense("x", "a", 6, 5)
                        .weight("table", 2, 8)
                        .table("row", 1)
                        .integers("size", 2, 5)
                        .node("Expand", "row,size", "places")
                        .node("ScatterElements", "table,places,a", "c", "axis", 0)
                        .dense("c", "y", 8, 3)
                        .out("y", 2, 3)
                        .expect(0, 0)
                        .frozen("a", 1, "has 5 indices"),
                Net.of("as many rows as are above zero", 17)
                        .in(12, 1)
                        .floats("zero", Shape.of(), 0)
                        .floats("one", Shape.of(1, 1), 1)
                        .integers("first", 0)
                        .integers("last", 1)
                        .dense("x", "a", 1, 8)
                        .node("Greater", "x,zero", "isAbove")
                        .node("Squeeze", "isAbove,last", "isRow")
                        .node("NonZero", "isRow", "rows")
                        .node("Squeeze", "rows,first", "row")
                        .node("Gather", "a,row", "b", "axis", 0)
                        .node("Shape", "b", "shape")
                        .node("Expand", "one,shape", "ones")
                        .node("Mul", "b,ones", "c")
                        .dense("c", "y", 8, 3)
                        .out("y", "n", 3)
                        .expect(8, 1));
    }
}
