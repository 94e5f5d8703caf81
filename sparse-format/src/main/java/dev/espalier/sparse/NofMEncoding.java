package dev.espalier.sparse;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// For zeros that follow an N:M pattern ([NofM]) which it finds by itself. Parts, for G groups that keep KEEP of GROUP:
///
/// - `values` [G, KEEP]: the elements of each group, in the order of their positions. A group that has fewer has zeros.
/// - `codes` U8: the sets of positions, as their numbers ([GroupCodes]), as many groups to a byte as there is room for:
///   three of 2:4.
/// - `zero` [1]: what all other elements are.
///
/// A table gives the positions of each code; `ScatterElements` puts the values there, and where the groups do not lie
/// along the last axis, a Transpose puts them where they belong.
record NofMEncoding() implements PackedEncoding {
    private static final int BLOCK = 4096;
    private static final DenseTensor START = DecodeProgram.integers(0);

    @Override
    public String name() {
        return "nofm";
    }

    @Override
    public String summary() {
        return "for N:M patterns: a number for the places in each group and the values, decoded by standard operators";
    }

    /// ScatterElements came with opset 11; with BF16, ConstantOfShape with 20.
    @Override
    public int firstOpset(ElementType type) {
        return SparseEncodings.GAP.firstOpset(type);
    }

    @Override
    public List<DecodeProgram> programs(Shape shape) {
        List<DecodeProgram> programs = new ArrayList<>();
        DenseTensor dims = DecodeProgram.integers(shape.dims());
        for (boolean isTrimmed : new boolean[] {false, true}) {
            for (boolean isTransposed : new boolean[] {false, true}) {
                programs.add(program(dims, isTrimmed, isTransposed, Optional.empty()));
            }
        }
        return programs;
    }

    private static DecodeProgram program(GroupFit fit, Shape shape) {
        return program(DecodeProgram.integers(shape.dims()), fit.isTrimmed(), fit.columns() > 1, Optional.of(fit));
    }

    private static DecodeProgram program(
            DenseTensor dims, boolean isTrimmed, boolean isTransposed, Optional<GroupFit> fit) {
        DecodeProgram.Type toInt = new DecodeProgram.Type("to", ElementType.I32);
        DecodeProgram.Builder program = DecodeProgram.builder()
                .constant("shape", dims)
                .setting("table", fit.map(f -> f.codes().table()))
                .setting(
                        "rows",
                        fit.map(f -> DecodeProgram.integers(-1, f.codes().keep())))
                .setting(
                        "length",
                        fit.map(f ->
                                DecodeProgram.integers(f.groups(), f.codes().group())))
                .step("Cast", List.of("codes"), "numbers", toInt)
                .step("Gather", List.of("table", "numbers"), "entries")
                .step("Cast", List.of("entries"), "places", toInt)
                .step("Reshape", List.of("places", "rows"), "listed");
        if (isTrimmed) {
            program.constant("start", START)
                    .setting("end", fit.map(f -> DecodeProgram.integers(f.groups())))
                    .step("Slice", List.of("listed", "start", "end"), "trimmed");
        }
        String places = isTrimmed ? "trimmed" : "listed";
        program.step("ConstantOfShape", List.of("length"), "zeros", new DecodeProgram.Part("value", "zero"))
                .step(
                        "ScatterElements",
                        List.of("zeros", places, "values"),
                        "groups",
                        new DecodeProgram.Int("axis", 1));
        if (isTransposed) {
            program.setting(
                            "split",
                            fit.map(f -> DecodeProgram.integers(
                                    f.groups() / f.columns(),
                                    f.columns(),
                                    f.codes().group())))
                    .step("Reshape", List.of("groups", "split"), "columns")
                    .step(
                            "Transpose",
                            List.of("columns"),
                            "lines",
                            new DecodeProgram.Ints("perm", List.of(0L, 2L, 1L)));
        }
        return program.step("Reshape", List.of(isTransposed ? "lines" : "groups", "shape"), DecodeProgram.RESULT)
                .build();
    }

    @Override
    public Optional<DecodeProgram> complete(Shape shape, DecodeProgram program, Map<String, DenseTensor> settings) {
        return fit(settings)
                .filter(fit -> fit.groups() * fit.codes().group() == shape.elementCount())
                .map(fit -> program(fit, shape))
                .filter(complete -> complete.steps().equals(program.steps()));
    }

    /// What the constants of a program say, if it makes sense.
    private static Optional<GroupFit> fit(Map<String, DenseTensor> constants) {
        long[] rows = integersOf(constants.get("rows"), 2);
        long[] length = integersOf(constants.get("length"), 2);
        long[] split = constants.containsKey("split") ? integersOf(constants.get("split"), 3) : new long[] {0, 1, 0};
        boolean isSound = rows.length == 2
                && length.length == 2
                && split.length == 3
                && length[0] > 0
                && length[0] <= Integer.MAX_VALUE
                && split[1] > 0
                && length[0] % split[1] == 0;
        return isSound
                ? GroupCodes.of(rows[1], length[1]).map(codes -> new GroupFit(codes, length[0], split[1]))
                : Optional.empty();
    }

    /// The elements of an INT64 vector of that length; nothing if it is something else.
    static long[] integersOf(@Nullable DenseTensor tensor, int length) {
        if (tensor == null
                || tensor.type() != ElementType.I64
                || !tensor.shape().equals(Shape.of(length))) {
            return new long[0];
        }
        long[] integers = new long[length];
        tensor.readBits(0, length, integers);
        return integers;
    }

    private static GroupFit fitOf(PackedTensor tensor) {
        return fit(tensor.program().constants()).orElseThrow();
    }

    @Override
    public Optional<String> refusal(DenseTensor tensor, Mask nonZeros, Quantization quantization) {
        return PackedEncoding.super
                .refusal(tensor, nonZeros, quantization)
                .or(() -> GroupFit.of(nonZeros, tensor.type()).isPresent()
                        ? Optional.empty()
                        : Optional.of("its zeros follow no N:M pattern that takes less than a bitmap"));
    }

    @Override
    public long encodedSize(DenseTensor tensor, Mask nonZeros) {
        return GroupFit.of(nonZeros, tensor.type()).orElseThrow().encodedSize(tensor.type());
    }

    @Override
    public PackedTensor encode(DenseTensor tensor, Mask nonZeros, Quantization quantization) {
        GroupFit fit = GroupFit.of(nonZeros, tensor.type()).orElseThrow();
        GroupCodes codes = fit.codes();
        DenseTensor bytes = DenseTensor.zeros(ElementType.U8, Shape.of(fit.codeBytes()));
        DenseTensor values = DenseTensor.zeros(tensor.type(), Shape.of(fit.groups(), codes.keep()));
        DenseTensor zero = DenseTensor.ofBits(tensor.type(), Shape.of(1), quantization.zeroAt(0));
        long filling = quantization.zeroAt(0);
        long[] elements = GroupTile.block();
        long[] chosen = GroupTile.block();
        try (TensorAppender stored = new TensorAppender(values);
                CodeAppender sets = new CodeAppender(codes, bytes)) {
            GroupTile.forEach(fit.grid(), codes.group(), tile -> {
                tile.read(tensor::readBits, elements);
                int count = 0;
                for (int row = 0; row < tile.rows(); row += codes.group()) {
                    for (int column = 0; column < tile.width(); column++) {
                        int kept = nonZeros.bitsOf(tile.positionOf(row, column), codes.group(), fit.columns());
                        boolean isFull = codes.numberOf(kept) >= 0;
                        int number = codes.numberOf(isFull ? kept : codes.filled(kept));
                        for (int i = 0; i < codes.keep(); i++) {
                            int place = codes.place(number, i);
                            boolean isStored = isFull || (kept >>> place & 1) != 0;
                            chosen[count++] = isStored ? elements[(row + place) * tile.width() + column] : filling;
                        }
                        sets.put(number);
                    }
                }
                stored.put(chosen, count);
            });
        }
        return new PackedTensor(
                this,
                tensor.shape(),
                program(fit, tensor.shape()),
                Map.of("codes", bytes, "values", values, "zero", zero));
    }

    @Override
    public long zero(PackedTensor tensor) {
        return tensor.part("zero").bitsAt(0);
    }

    @Override
    public Optional<String> defect(PackedTensor tensor) {
        GroupFit fit = fitOf(tensor);
        DenseTensor codes = tensor.part("codes");
        DenseTensor values = tensor.values();
        DenseTensor zero = tensor.part("zero");
        if (zero.type() != tensor.type() || !zero.shape().equals(Shape.of(1))) {
            return Optional.of("its zero is " + zero.type() + " " + zero.shape() + ", its values are " + tensor.type());
        }
        if (codes.type() != ElementType.U8 || !codes.shape().equals(Shape.of(fit.codeBytes()))) {
            return Optional.of("codes of " + codes.type() + " " + codes.shape() + " for " + fit.groups() + " groups of "
                    + fit.codes());
        }
        if (!values.shape().equals(Shape.of(fit.groups(), fit.codes().keep()))) {
            return Optional.of(
                    "values of shape " + values.shape() + " for " + fit.groups() + " groups of " + fit.codes());
        }
        long[] block = new long[BLOCK];
        int most = fit.codes().codeCount();
        for (long from = 0; from < codes.elementCount(); from += BLOCK) {
            int count = (int) Math.min(BLOCK, codes.elementCount() - from);
            codes.readBits(from, count, block);
            long largest = Arrays.stream(block, 0, count).max().orElse(0);
            if (largest >= most) {
                return Optional.of("a code of " + largest + ", where there are " + most);
            }
        }
        return Optional.empty();
    }

    @Override
    public void decode(PackedTensor tensor, DenseTensor to) {
        GroupFit fit = fitOf(tensor);
        GroupCodes codes = fit.codes();
        TensorCursor bytes = new TensorCursor(tensor.part("codes"));
        TensorCursor values = new TensorCursor(tensor.values());
        int[] left = {0, 0};
        long[] elements = GroupTile.block();
        GroupTile.forEach(fit.grid(), codes.group(), tile -> {
            tile.read(to::readBits, elements);
            for (int row = 0; row < tile.rows(); row += codes.group()) {
                for (int column = 0; column < tile.width(); column++) {
                    left[0] = left[1] == 0 ? (int) bytes.next() : left[0] / codes.count();
                    left[1] = (left[1] + 1) % codes.perByte();
                    int number = left[0] % codes.count();
                    for (int i = 0; i < codes.keep(); i++) {
                        elements[(row + codes.place(number, i)) * tile.width() + column] = values.next();
                    }
                }
            }
            tile.write(to::writeBits, elements);
        });
    }

    /// Writes the numbers of sets, as many to a byte as there is room for.
    private static final class CodeAppender implements AutoCloseable {
        private final GroupCodes codes;
        private final TensorAppender bytes;
        private int put;
        private int weight = 1;
        private int code;

        CodeAppender(GroupCodes codes, DenseTensor bytes) {
            this.codes = codes;
            this.bytes = new TensorAppender(bytes);
        }

        void put(int number) {
            code += weight * number;
            weight *= codes.count();
            if (++put == codes.perByte()) {
                putByte();
            }
        }

        private void putByte() {
            bytes.put(code);
            put = 0;
            weight = 1;
            code = 0;
        }

        @Override
        public void close() {
            if (put > 0) {
                putByte();
            }
            bytes.close();
        }
    }
}
