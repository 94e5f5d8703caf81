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

/// The rows of one input: read, preprocessed, converted to the input's type and put in their places of a batch.
final class InputRows implements Closeable {
    private static final long MOST_BYTES = 1L << 30;

    private final Binding binding;
    private final FeedRequest request;
    private final Rows rows;
    private final MemorySegment stored;
    private final DenseTensor batch;
    private final double[] floats;
    private final long[] integers;
    private final boolean isCopied;

    private InputRows(Binding binding, FeedRequest request, Rows rows, DenseTensor batch) {
        Field field = binding.field();
        ElementType to = binding.port().element();
        int count = Math.toIntExact(field.row().elementCount());
        this.binding = binding;
        this.request = request;
        this.rows = rows;
        this.batch = batch;
        this.stored = Arena.ofAuto().allocate(Math.max(1, field.rowBytes())).asSlice(0, field.rowBytes());
        this.isCopied = field.type() == to && request.preprocess().keepsElements() && !isNoisy(to);
        this.floats = new double[isCopied || !Elements.isFloat(to) ? 0 : count];
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
        Shape row = field.row();
        ElementType to = binding.port().element();
        // Checked before anything of that size is allocated: a header may say anything.
        if (row.elementCount() > MOST_BYTES / 8 / places) {
            throw new DataException(
                    "a batch of " + places + " rows of " + field + " is too large",
                    "input '" + binding.port().name() + "'",
                    "take smaller batches: --batch 1");
        }
        boolean isChanged = !request.preprocess().keepsElements();
        if (isChanged && (!Elements.isFloat(to) || !request.preprocess().fits(row))) {
            throw new DataException(
                    "the preprocessing does not fit " + field,
                    "input '" + binding.port().name() + "' " + binding.port().type(),
                    "mean and std take one number, or one for each channel, and a float input; see also layout=nhwc");
        }
        DenseTensor batch = DenseTensor.zeros(to, shape(binding, places));
        return new InputRows(binding, request, data.rows(field, anyOrder), batch);
    }

    private static Shape shape(Binding binding, int places) {
        long[] row = binding.field().row().dims();
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

    /// Reads a row into its place of the batch.
    void read(long row, int place) throws IOException {
        long bytes = binding.port().element().byteCount(binding.field().row().elementCount());
        MemorySegment to = batch.data().asSlice(place * bytes, bytes);
        if (isCopied) {
            rows.read(row, to);
            return;
        }
        rows.read(row, stored);
        if (Elements.isFloat(batch.type())) {
            Elements.read(binding.field().type(), stored, floats);
            request.preprocess().apply(floats, binding.field().row());
            if (request.noise() > 0) {
                addNoise(row);
            }
            Elements.write(batch.type(), floats, to);
        } else {
            writeIntegers(row, to);
        }
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
