package dev.espalier.run;

import java.util.List;

/// Operators that move indices.
final class MovementGraphs {
    private MovementGraphs() {}

    static List<Net> all() {
        return List.of(
Net.image("channels flattened with space", 17).conv("x", "a", 3, 8).node("Flatten", "a", "f").dense("f", "y", 8 * 36, 4).out("y", "N", 4).expect(8, 1),
Net.image("channels flattened by a shape", 17).conv("x", "a", 3, 8).integers("shape", -1, 8 * 36).node("Reshape", "a,shape", "f").dense("f", "y", 8 * 36, 4).out("y", "N", 4).expect(8, 1),
Net.of("a shape that leaves the channels open", 17).in(2, 3, 6, 6).conv("x", "a", 3, 8).integers("shape", 2, -1).node("Reshape", "a,shape", "f").dense("f", "y", 8 * 36, 4).out("y", 2, 4).expect(8, 1),
Net.image("concatenation with normalization", 17).conv("x", "a", 3, 4).conv("x", "b", 3, 6).node("Concat", "a,b", "c", "axis", 1).batchNorm("c", "d", 10).conv("d", "y", 10, 4).out("y", "N", 4, 6, 6).expect(10, 2),
Net.image("halves of a split without sizes", 13).conv("x", "a", 3, 8).node("Split", "a", "b,c", "axis", 1).conv("b", "d", 4, 4).node("Add", "d,c", "e").conv("e", "y", 4, 4).out("y", "N", 4, 6, 6).expect(8, 2),
Net.image("parts of a split by number", 18).conv("x", "a", 3, 8).node("Split", "a", "b,c", "axis", 1, "num_outputs", 2).conv("b", "d", 4, 4).conv("c", "e", 4, 4).node("Concat", "d,e", "f", "axis", 1).conv("f", "y", 8, 4).out("y", "N", 4, 6, 6).expect(16, 4),
Net.image("parts of a split by an attribute", 11).conv("x", "a", 3, 8).node("Split", "a", "b,c", "axis", 1, "split", List.of(2, 6)).conv("b", "d", 2, 4).conv("c", "e", 6, 4).node("Add", "d,e", "f").conv("f", "y", 4, 4).out("y", "N", 4, 6, 6).expect(12, 3),
Net.image("slices", 17).conv("x", "a", 3, 8).integers("s", 2).integers("e", 1L << 40).integers("axes", 1).integers("zero", 0).integers("back", -6).node("Slice", "a,s,e,axes", "b").node("Slice", "a,zero,back,axes", "c").node("Concat", "b,c", "d", "axis", 1).conv("d", "y", 8, 4).out("y", "N", 4, 6, 6).expect(8, 2),
Net.image("a slice backwards", 17).conv("x", "a", 3, 6).integers("s", -1).integers("e", Long.MIN_VALUE).integers("axes", 1).integers("steps", -1).node("Slice", "a,s,e,axes,steps", "b").conv("b", "y", 6, 4).out("y", "N", 4, 6, 6).expect(6, 1),
Net.image("indices that are taken", 17).conv("x", "a", 3, 6).integers("which", 5, 0, -2, 0).node("Gather", "a,which", "b", "axis", 1).conv("b", "y", 4, 4).out("y", "N", 4, 6, 6).expect(6, 2),
Net.image("a channel shuffle", 17).conv("x", "a", 3, 8).integers("five", -1, 2, 4, 6, 6).integers("four", -1, 8, 6, 6).node("Reshape", "a,five", "b").node("Transpose", "b", "c", "perm", List.of(0, 2, 1, 3, 4)).node("Reshape", "c,four", "d").conv("d", "y", 8, 4).out("y", "N", 4, 6, 6).expect(8, 1),
Net.image("depth to space", 17).conv("x", "a", 3, 8).node("DepthToSpace", "a", "d", "blocksize", 2).conv("d", "y", 2, 4).out("y", "N", 4, 12, 12).expect(2, 1),
Net.image("depth to space by columns", 17).conv("x", "a", 3, 8).node("DepthToSpace", "a", "d", "blocksize", 2, "mode", "CRD").conv("d", "y", 2, 4).out("y", "N", 4, 12, 12).expect(2, 1),
Net.image("space to depth", 17).conv("x", "a", 3, 4).node("SpaceToDepth", "a", "d", "blocksize", 2).conv("d", "y", 16, 4).out("y", "N", 4, 3, 3).expect(4, 1),
Net.image("tiles", 17).conv("x", "a", 3, 4).integers("times", 1, 2, 1, 1).node("Tile", "a,times", "t").conv("t", "y", 8, 4).out("y", "N", 4, 6, 6).expect(4, 1),
Net.of("a reshape that cuts across", 17).in(6, 5).dense("x", "a", 5, 4).integers("shape", 8, 3).node("Reshape", "a,shape", "b").dense("b", "y", 3, 2).out("y", 8, 2).expect(0, 0),
Net.image("padding and resizing over space", 17).conv("x", "a", 3, 8).integers("pads", 0, 0, 1, 1, 0, 0, 1, 1).node("Pad", "a,pads", "p").integers("sizes", 1, 8, 16, 16).node("Resize", "p,,,sizes", "r").conv("r", "y", 8, 4).out("y", 1, 4, 16, 16).expect(8, 1),
Net.of("expanding", 17).in(2, 5).dense("x", "a", 5, 8).integers("axes", 1).node("Unsqueeze", "a,axes", "u").integers("shape", 2, 3, 8).node("Expand", "u,shape", "e").dense("e", "y", 8, 3).out("y", 2, 3, 3).expect(8, 1));
    }
}
