package dev.espalier.sparse;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Another packed encoding with its values in fewer bits: `values` are f16 or i8, which a Cast at the beginning makes
/// the tensor's own type, and at the end a Mul multiplies each output channel by its own part of `scales` [channels,
/// 1],
/// unless there are none.
///
/// That values were rounded is over before this begins ([Rounded]): what is stored decodes to the rounded tensor, bit
/// for bit.
///
/// @param base where the values go
/// @param form what the values are
/// @param rounded what is encoded; none for tensors that are read
record NarrowEncoding(PackedEncoding base, ValueForm form, Optional<Rounded> rounded) implements PackedEncoding {
    private static final List<ElementType> TYPES = List.of(ElementType.F32, ElementType.F64);
    private static final String VALUES = "values";
    private static final int BLOCK = 4096;

    @Override
    public String name() {
        return base.name() + "-" + form;
    }

    @Override
    public String summary() {
        return base.summary() + "; values in " + form;
    }

    @Override
    public int firstOpset(ElementType type) {
        return TYPES.contains(type) ? base.firstOpset(type) : Integer.MAX_VALUE;
    }

    @Override
    public Mask stored(SparsityPattern pattern, Mask nonZeros) {
        return base.stored(pattern, nonZeros);
    }

    @Override
    public List<DecodeProgram> programs(Shape shape) {
        List<DecodeProgram> programs = new ArrayList<>();
        for (ElementType type : TYPES) {
            base.programs(shape).forEach(program -> programs.add(widened(program, type, Optional.empty())));
        }
        return programs;
    }

    private DecodeProgram widened(DecodeProgram program, ElementType type, Optional<Grid> channels) {
        DecodeProgram.Builder widened = DecodeProgram.builder()
                .all(program)
                .step("Cast", List.of(VALUES), "wide", new DecodeProgram.Type("to", type));
        List<DecodeProgram.Step> steps = program.steps();
        for (DecodeProgram.Step step : steps.subList(0, steps.size() - 1)) {
            List<String> inputs = step.inputs().stream()
                    .map(input -> input.equals(VALUES) ? "wide" : input)
                    .toList();
            widened.step(
                    step.operator(), inputs, step.output(), step.arguments().toArray(DecodeProgram.Argument[]::new));
        }
        String unshaped = steps.getLast().inputs().getFirst();
        if (form == ValueForm.I8) {
            widened.setting(
                            "channels",
                            channels.map(grid -> DenseTensor.ofBits(
                                    ElementType.I64, Shape.of(3), grid.outer(), grid.rows(), grid.columns())))
                    .step("Reshape", List.of(unshaped, "channels"), "steps")
                    .step("Mul", List.of("steps", "scales"), "scaled");
            unshaped = "scaled";
        }
        return widened.step("Reshape", List.of(unshaped, "shape"), DecodeProgram.RESULT)
                .build();
    }

    @Override
    public Optional<DecodeProgram> complete(Shape shape, DecodeProgram program, Map<String, DenseTensor> settings) {
        Optional<Grid> channels = grid(settings).filter(grid -> grid.elementCount() == shape.elementCount());
        if (form == ValueForm.I8 && channels.isEmpty()) {
            return Optional.empty();
        }
        ElementType type = typeOf(program);
        return base.programs(shape).stream()
                .filter(own -> widened(own, type, Optional.empty()).steps().equals(program.steps()))
                .findFirst()
                .flatMap(own -> base.complete(shape, own, settings))
                .map(own -> widened(own, type, channels));
    }

    private static Optional<Grid> grid(Map<String, DenseTensor> constants) {
        long[] dims = NofMEncoding.integersOf(constants.get("channels"), 3);
        return dims.length == 3 && Shape.isValid(dims)
                ? Optional.of(new Grid(dims[0], dims[1], dims[2]))
                : Optional.empty();
    }

    /// What the Cast at the beginning makes.
    private static ElementType typeOf(DecodeProgram program) {
        return ((DecodeProgram.Type) program.steps().getFirst().arguments().getFirst()).value();
    }

    @Override
    public ElementType type(PackedTensor tensor) {
        return typeOf(tensor.program());
    }

    @Override
    public Optional<String> refusal(DenseTensor tensor, Mask nonZeros, Quantization quantization) {
        return rounded.isEmpty()
                ? Optional.of("its values were not rounded to " + form)
                : base.refusal(tensor, nonZeros, quantization);
    }

    @Override
    public long encodedSize(DenseTensor tensor, Mask nonZeros) {
        Rounded source = rounded.orElseThrow();
        long wide = base.encodedSize(tensor, nonZeros);
        PackedTensor counted = base.encode(source.steps(), nonZeros, Quantization.NONE);
        long saved = counted.values().data().byteSize()
                - form.type().byteCount(counted.values().elementCount());
        return wide - saved + source.scales().map(s -> s.data().byteSize()).orElse(0L);
    }

    /// @param tensor the rounded elements of the [Rounded] that this is for
    @Override
    public PackedTensor encode(DenseTensor tensor, Mask nonZeros, Quantization quantization) {
        Rounded source = rounded.orElseThrow();
        PackedTensor wide = base.encode(source.steps(), nonZeros, quantization);
        Map<String, DenseTensor> parts = new HashMap<>(wide.parts());
        parts.put(VALUES, narrowed(wide.values()));
        source.scales().ifPresent(scales -> parts.put("scales", scales));
        DecodeProgram program = widened(wide.program(), tensor.type(), Optional.of(source.channels()));
        return new PackedTensor(this, tensor.shape(), program, parts);
    }

    /// Without loss: the values are such numbers already.
    private DenseTensor narrowed(DenseTensor values) {
        DenseTensor narrow = DenseTensor.zeros(form.type(), values.shape());
        for (long i = 0; i < values.elementCount(); i++) {
            double value = Rounded.real(values, i);
            narrow.setBits(i, form == ValueForm.F16 ? Float.floatToFloat16((float) value) : (long) value);
        }
        return narrow;
    }

    /// The tensor of the base encoding that the Cast makes of this one.
    private PackedTensor wide(PackedTensor tensor) {
        ElementType type = type(tensor);
        DenseTensor narrow = tensor.values();
        DenseTensor values = DenseTensor.zeros(type, narrow.shape());
        for (long i = 0; i < narrow.elementCount(); i++) {
            long bits = narrow.bitsAt(i);
            Rounded.set(values, i, narrow.type() == ElementType.F16 ? Float.float16ToFloat((short) bits) : (byte) bits);
        }
        Map<String, DenseTensor> parts = new HashMap<>(tensor.parts());
        parts.remove("scales");
        parts.put(VALUES, values);
        DecodeProgram program = base.programs(tensor.shape()).stream()
                .filter(own -> widened(own, type, Optional.empty())
                        .steps()
                        .equals(tensor.program().steps()))
                .flatMap(own ->
                        base.complete(tensor.shape(), own, tensor.program().constants()).stream())
                .findFirst()
                .orElseThrow();
        return new PackedTensor(base, tensor.shape(), program, parts);
    }

    @Override
    public long zero(PackedTensor tensor) {
        return 0;
    }

    @Override
    public Optional<String> defect(PackedTensor tensor) {
        DenseTensor values = tensor.values();
        if (values.type() != ElementType.F16 && values.type() != ElementType.I8) {
            return Optional.of("its narrow values are " + values.type());
        }
        PackedTensor wide = wide(tensor);
        Optional<String> defect = base.defect(wide);
        if (defect.isPresent()) {
            return defect;
        }
        if (base.zero(wide) != 0) {
            return Optional.of("its zero is not 0");
        }
        if (form == ValueForm.F16) {
            return Optional.empty();
        }
        DenseTensor scales = tensor.part("scales");
        long channels = grid(tensor.program().constants()).orElseThrow().rows();
        if (scales.type() != type(tensor) || !scales.shape().equals(Shape.of(channels, 1))) {
            return Optional.of(scales.type() + " " + scales.shape() + " scales for " + channels + " channels");
        }
        for (long i = 0; i < channels; i++) {
            // Another number times 0 would be no zero.
            if (!(Rounded.real(scales, i) > 0) || Double.isInfinite(Rounded.real(scales, i))) {
                return Optional.of("a scale of " + Rounded.real(scales, i));
            }
        }
        return Optional.empty();
    }

    @Override
    public void decode(PackedTensor tensor, DenseTensor to) {
        base.decode(wide(tensor), to);
        if (form == ValueForm.F16) {
            return;
        }
        Grid channels = grid(tensor.program().constants()).orElseThrow();
        DenseTensor scales = tensor.part("scales");
        boolean isSingle = to.type() == ElementType.F32;
        long[] block = new long[BLOCK];
        for (long from = 0; from < to.elementCount(); from += BLOCK) {
            int count = (int) Math.min(BLOCK, to.elementCount() - from);
            to.readBits(from, count, block);
            for (int i = 0; i < count; i++) {
                if (block[i] != 0) {
                    double scale = Rounded.real(scales, Rounded.channelOf(from + i, channels));
                    block[i] = isSingle
                            ? Float.floatToRawIntBits(Float.intBitsToFloat((int) block[i]) * (float) scale)
                            : Double.doubleToRawLongBits(Double.longBitsToDouble(block[i]) * scale);
                }
            }
            to.writeBits(from, count, block);
        }
    }
}
