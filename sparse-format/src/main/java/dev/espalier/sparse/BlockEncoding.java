package dev.espalier.sparse;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// For zeros that follow a block pattern ([Block]) which it finds by itself. Parts, for K blocks of HEIGHT x WIDTH that
/// are stored:
///
/// - `bitmap` U8 [ceil(blocks / 8), 1]: bit i % 8, counted from the low end, of byte i / 8 says whether block i is
///   stored.
/// - `values` [1 + K, HEIGHT * WIDTH]: a block of zeros, then the blocks; what hangs over the edges is zero.
///
/// The bits become numbers of blocks as in [BitmapEncoding], `Gather` fetches the blocks, a Transpose puts their rows
/// where they belong, and a Slice cuts off the edges.
record BlockEncoding() implements PackedEncoding {
    /// A copy of memory takes as long as setting so many elements.
    private static final int FEW = 8;

    /// How many elements are copied at a time.
    private static final int TILE = 4096;

    private static final DenseTensor CORNER = DecodeProgram.integers(0, 0);

    @Override
    public String name() {
        return "blocks";
    }

    @Override
    public String summary() {
        return "for block patterns: a bit for each block and the elements of those kept, decoded by standard operators";
    }

    @Override
    public int firstOpset(ElementType type) {
        return SparseEncodings.BITMAP.firstOpset(type);
    }

    /// All elements of its blocks or slices.
    @Override
    public Mask stored(SparsityPattern pattern, Mask nonZeros) {
        return pattern.cover(nonZeros);
    }

    @Override
    public List<DecodeProgram> programs(Shape shape) {
        List<DecodeProgram> programs = new ArrayList<>();
        DenseTensor dims = DecodeProgram.integers(shape.dims());
        for (int options = 0; options < 8; options++) {
            programs.add(program(dims, (options & 1) != 0, (options & 2) != 0, (options & 4) != 0, Optional.empty()));
        }
        return programs;
    }

    private static DecodeProgram program(BlockFit fit, Shape shape) {
        return program(
                DecodeProgram.integers(shape.dims()),
                fit.blockCount() % 8 != 0,
                fit.height() > 1,
                fit.hasEdges(),
                Optional.of(fit));
    }

    private static DecodeProgram program(
            DenseTensor dims, boolean isTrimmed, boolean isTransposed, boolean hasEdges, Optional<BlockFit> fit) {
        DecodeProgram.Builder program = BitmapEncoding.numberOnes(
                        DecodeProgram.builder(), isTrimmed, fit.map(BlockFit::blockCount))
                .constant("shape", dims)
                .setting("split", fit.map(f -> DecodeProgram.integers(f.down(), f.across(), f.height(), f.width())))
                .step("Gather", List.of("values", "indices"), "listed")
                .step("Reshape", List.of("listed", "split"), "blocks");
        String last = "blocks";
        if (isTransposed) {
            program.step(
                    "Transpose", List.of("blocks"), "lines", new DecodeProgram.Ints("perm", List.of(0L, 2L, 1L, 3L)));
            last = "lines";
        }
        if (hasEdges) {
            program.setting(
                            "matrix",
                            fit.map(f -> DecodeProgram.integers(f.down() * f.height(), f.across() * f.width())))
                    .constant("corner", CORNER)
                    .setting("edges", fit.map(f -> DecodeProgram.integers(f.rows(), f.columns())))
                    .step("Reshape", List.of(last, "matrix"), "padded")
                    .step("Slice", List.of("padded", "corner", "edges"), "elements");
            last = "elements";
        }
        return program.step("Reshape", List.of(last, "shape"), DecodeProgram.RESULT)
                .build();
    }

    @Override
    public Optional<DecodeProgram> complete(Shape shape, DecodeProgram program, Map<String, DenseTensor> settings) {
        return fit(settings)
                .filter(fit -> fit.rows() * fit.columns() == shape.elementCount())
                .map(fit -> program(fit, shape))
                .filter(complete -> complete.steps().equals(program.steps()));
    }

    /// What the constants of a program say, if it makes sense.
    private static Optional<BlockFit> fit(Map<String, DenseTensor> constants) {
        long[] split = NofMEncoding.integersOf(constants.get("split"), 4);
        if (split.length != 4 || !Shape.isValid(split)) {
            return Optional.empty();
        }
        long[] edges = constants.containsKey("edges")
                ? NofMEncoding.integersOf(constants.get("edges"), 2)
                : new long[] {split[0] * split[2], split[1] * split[3]};
        return edges.length == 2
                        && Shape.isValid(edges)
                        && split[2] > 0
                        && split[3] > 0
                        && split[0] == Math.ceilDiv(edges[0], split[2])
                        && split[1] == Math.ceilDiv(edges[1], split[3])
                ? Optional.of(new BlockFit(edges[0], edges[1], split[2], split[3]))
                : Optional.empty();
    }

    private static BlockFit fitOf(PackedTensor tensor) {
        return fit(tensor.program().constants()).orElseThrow();
    }

    @Override
    public Optional<String> refusal(DenseTensor tensor, Mask nonZeros, Quantization quantization) {
        return PackedEncoding.super
                .refusal(tensor, nonZeros, quantization)
                .or(() -> BlockFit.of(nonZeros).isPresent()
                        ? Optional.empty()
                        : Optional.of("its zeros follow no block pattern"));
    }

    @Override
    public long encodedSize(DenseTensor tensor, Mask nonZeros) {
        BlockFit fit = BlockFit.of(nonZeros).orElseThrow();
        long blocks = 1 + fit.keptBlocks(nonZeros).keptCount();
        return Math.ceilDiv(fit.blockCount(), 8L) + tensor.type().byteCount(blocks * fit.height() * fit.width());
    }

    @Override
    public PackedTensor encode(DenseTensor tensor, Mask nonZeros, Quantization quantization) {
        BlockFit fit = BlockFit.of(nonZeros).orElseThrow();
        Mask kept = fit.keptBlocks(nonZeros);
        DenseTensor bitmap = DenseTensor.zeros(ElementType.U8, Shape.of(Math.ceilDiv(fit.blockCount(), 8L), 1));
        kept.copyTo(bitmap.data());
        DenseTensor values = DenseTensor.filled(
                tensor.type(), Shape.of(1 + kept.keptCount(), fit.height() * fit.width()), quantization.zeroAt(0));
        if (fit.width() < FEW && fit.height() * fit.width() <= TILE) {
            gather(tensor, fit, kept, values);
        } else {
            copyRows(tensor, fit, kept, values);
        }
        return new PackedTensor(
                this, tensor.shape(), program(fit, tensor.shape()), Map.of("bitmap", bitmap, "values", values));
    }

    /// Copies blocks with rows of many elements.
    private static void copyRows(DenseTensor tensor, BlockFit fit, Mask kept, DenseTensor values) {
        long bytes = tensor.type().bits() / 8;
        long stored = 1;
        for (long block = kept.nextKept(0); block >= 0; block = kept.nextKept(block + 1)) {
            long to = stored++ * fit.height() * fit.width();
            fit.forEachRow(
                    block,
                    (row, from, count) -> MemorySegment.copy(
                            tensor.data(),
                            from * bytes,
                            values.data(),
                            (to + row * fit.width()) * bytes,
                            count * bytes));
        }
    }

    /// Copies blocks with rows of a few elements, as many blocks beside each other at a time as there is room for:
    /// going from one to the next would take longer than copying it.
    private static void gather(DenseTensor tensor, BlockFit fit, Mask kept, DenseTensor values) {
        int height = (int) fit.height();
        int width = (int) fit.width();
        int size = height * width;
        int most = TILE / size;
        long filling = values.bitsAt(0);
        int[] places = new int[most];
        long[] row = new long[most * width];
        long[] blocks = new long[most * size];
        long stored = 1;
        for (long down = 0; down < fit.down(); down++) {
            for (long first = 0; first < fit.across(); first += most) {
                int here = (int) Math.min(most, fit.across() - first);
                int found = 0;
                for (int place = 0; place < here; place++) {
                    places[found] = place;
                    found += kept.isKept(down * fit.across() + first + place) ? 1 : 0;
                }
                if (found == 0) {
                    continue;
                }
                Arrays.fill(blocks, 0, found * size, filling);
                int count = (int) Math.min(here * fit.width(), fit.columns() - first * width);
                int rows = (int) Math.min(height, fit.rows() - down * height);
                for (int r = 0; r < rows; r++) {
                    tensor.readBits((down * height + r) * fit.columns() + first * width, count, row);
                    for (int k = 0; k < found; k++) {
                        int from = places[k] * width;
                        int to = k * size + r * width;
                        int end = Math.min(width, count - from);
                        for (int i = 0; i < end; i++) {
                            blocks[to + i] = row[from + i];
                        }
                    }
                }
                values.writeBits(stored * size, found * size, blocks);
                stored += found;
            }
        }
    }

    @Override
    public long zero(PackedTensor tensor) {
        return tensor.values().bitsAt(0);
    }

    @Override
    public Optional<String> defect(PackedTensor tensor) {
        BlockFit fit = fitOf(tensor);
        DenseTensor bitmap = tensor.part("bitmap");
        DenseTensor values = tensor.values();
        if (bitmap.type() != ElementType.U8
                || !bitmap.shape().equals(Shape.of(Math.ceilDiv(fit.blockCount(), 8L), 1))) {
            return Optional.of(
                    "a bitmap of " + bitmap.type() + " " + bitmap.shape() + " for " + fit.blockCount() + " blocks");
        }
        long kept = Mask.ofBits(Shape.of(fit.blockCount()), bitmap.data()).keptCount();
        if (!values.shape().equals(Shape.of(1 + kept, fit.height() * fit.width()))) {
            return Optional.of("its bitmap has " + kept + " ones, and its values, after the zeros, are of shape "
                    + values.shape());
        }
        for (long i = 1; i < fit.height() * fit.width(); i++) {
            if (values.bitsAt(i) != values.bitsAt(0)) {
                return Optional.of("the block that stands for those not stored has different elements");
            }
        }
        return Optional.empty();
    }

    @Override
    public void decode(PackedTensor tensor, DenseTensor to) {
        BlockFit fit = fitOf(tensor);
        Mask kept =
                Mask.ofBits(Shape.of(fit.blockCount()), tensor.part("bitmap").data());
        long bytes = to.type().bits() / 8;
        long stored = 1;
        for (long block = kept.nextKept(0); block >= 0; block = kept.nextKept(block + 1)) {
            long start = stored++ * fit.height() * fit.width();
            fit.forEachRow(
                    block,
                    (row, first, count) -> MemorySegment.copy(
                            tensor.values().data(),
                            (start + row * fit.width()) * bytes,
                            to.data(),
                            first * bytes,
                            count * bytes));
        }
    }
}
