package dev.espalier.run.data;

import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The rows of one input: read, preprocessed, converted to the input's type and put in their places of a batch.
final class InputRows implements Closeable {
    private static final long MOST_BYTES = 1L << 30;

    private final Binding binding;
    private final FeedRequest request;
    private final Rows rows;
    private final MemorySegment stored;
    private DenseTensor batch;
    private DenseTensor other;
    private final double[] floats;
    /// An image before it is resized and cropped.
    private final double[] whole;
    private final long[] integers;
    private final boolean isCopied;
    /// The short way from bytes to floats.
    private final @Nullable ByteTable table;

    private InputRows(Binding binding, FeedRequest request, Rows rows, Shape batch) {
        Field field = binding.field();
        ElementType to = binding.port().element();
        int count = Math.toIntExact(binding.row().elementCount());
        this.binding = binding;
        this.request = request;
        this.rows = rows;
        this.batch = DenseTensor.zeros(to, batch);
        this.other = DenseTensor.zeros(to, batch);
        this.stored = Arena.ofAuto().allocate(Math.max(1, field.rowBytes())).asSlice(0, field.rowBytes());
        this.isCopied =
                field.type() == to && request.preprocess().keepsElements() && !isNoisy(to) && !binding.isResized();
        this.floats = new double[isCopied || !Elements.isFloat(to) ? 0 : count];
        this.whole = new double[binding.isResized() ? (int) field.row().elementCount() : 0];
        this.table = field.type() == ElementType.U8
                        && to == ElementType.F32
                        && !request.preprocess().isBgr()
                        && !binding.isResized()
                        && !isNoisy(to)
                ? ByteTable.of(request.preprocess(), binding.row())
                : null;
        this.integers = new long[isCopied || Elements.isFloat(to) ? 0 : count];
    }

    private boolean isNoisy(ElementType to) {
        return request.noise() > 0 && Elements.isFloat(to);
    }

    /// @param places how many rows a batch has
    /// @throws DataException if a batch is too large, or the preprocessing does not fit
    static InputRows open(Dataset data, Binding binding, FeedRequest request, int places, boolean anyOrder)
            throws IOException {
        Field field = binding.field();
        Shape row = binding.row();
        ElementType to = binding.port().element();
        // Checked before anything of that size is allocated: a header may say anything.
        if (Math.max(row.elementCount(), field.row().elementCount()) > MOST_BYTES / 8 / places) {
            throw new DataException(
                    "a batch of " + places + " rows of " + field + " is too large",
                    "input '" + binding.port().name() + "'",
                    "take smaller batches: --batch 1");
        }
        boolean isChanged = !request.preprocess().keepsElements() || binding.isResized();
        if (isChanged && (!Elements.isFloat(to) || !request.preprocess().fits(row))) {
            throw new DataException(
                    "the preprocessing does not fit " + field,
                    "input '" + binding.port().name() + "' " + binding.port().type(),
                    "mean and std take one number, or one for each channel, and a float input; see also layout=nhwc");
        }
        return new InputRows(binding, request, data.rows(field, anyOrder), shape(binding, places));
    }

    private static Shape shape(Binding binding, int places) {
        long[] row = binding.row().dims();
        if (!binding.hasBatchAxis()) {
            return Shape.of(row);
        }
        long[] dims = new long[row.length + 1];
        dims[0] = places;
        System.arraycopy(row, 0, dims, 1, row.length);
        return Shape.of(dims);
    }

    String name() {
        return binding.port().name();
    }

    /// Begins another batch, in the memory of the one before the last.
    void turn() {
        DenseTensor last = batch;
        batch = other;
        other = last;
    }

    /// Reads a row into its place of the batch.
    void read(long row, int place) throws IOException {
        long bytes = binding.port().element().byteCount(binding.row().elementCount());
        MemorySegment to = batch.data().asSlice(place * bytes, bytes);
        if (isCopied) {
            rows.read(row, to);
            return;
        }
        rows.read(row, stored);
        if (table != null) {
            table.convert(stored, to);
        } else if (Elements.isFloat(batch.type())) {
            if (binding.isResized()) {
                resize();
            } else {
                Elements.read(binding.field().type(), stored, floats);
            }
            request.preprocess().apply(floats, binding.row());
            if (request.noise() > 0) {
                addNoise(row);
            }
            Elements.write(batch.type(), floats, to);
        } else {
            writeIntegers(row, to);
        }
    }

    private void resize() {
        Preprocess preprocess = request.preprocess();
        ElementType type = binding.field().type();
        Elements.read(type, stored, whole);
        preprocess
                .geometry(Planes.of(whole, binding.field().row(), preprocess.isChannelLast(), type == ElementType.U8))
                .orElseThrow()
                .copyTo(floats, preprocess.isChannelLast());
    }

    private void addNoise(long row) {
        // The same noise for a row in every batch, order and model.
        RandomGenerator random = new SplittableRandom(request.seed() * 0x9E37_79B9_7F4A_7C15L + row);
        for (int i = 0; i < floats.length; i++) {
            floats[i] += request.noise() * random.nextGaussian();
        }
    }

    private void writeIntegers(long row, MemorySegment to) {
        Elements.read(binding.field().type(), stored, integers);
        int wrong = Elements.write(batch.type(), integers, to);
        if (wrong >= 0) {
            throw new DataException(
                    "the number " + integers[wrong] + " in row " + row + " of '"
                            + binding.field().name() + "' is out of the range of " + batch.type(),
                    "input '" + name() + "' " + binding.port().type(),
                    "check what the array holds");
        }
    }

    /// The first rows of the batch.
    DenseTensor tensor(int count) {
        if (!binding.hasBatchAxis()) {
            return batch;
        }
        Shape shape = shape(binding, count);
        long bytes = batch.type().byteCount(shape.elementCount());
        return new DenseTensor(batch.type(), shape, batch.data().asSlice(0, bytes));
    }

    @Override
    public void close() throws IOException {
        rows.close();
    }
}
