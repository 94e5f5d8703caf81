package dev.espalier.run.data;

import dev.espalier.onnx.Dimension;
import dev.espalier.onnx.Graph;
import dev.espalier.sparse.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/// Which array of a data set goes to which input of a model.
///
/// @param row shape of a row as the input takes it
/// @param isResized whether images are still to be resized or cropped
/// @param hasBatchAxis whether rows are put together along the input's first axis; if not, a row is all that the input
///     takes
record Binding(Port port, Field field, Shape row, boolean isResized, boolean hasBatchAxis) {
    /// Binds every input: by the name that is given for it, by its own name, by its position as ONNX test data has it
    /// (`input_0`), or, if the model has one input, to the one array that could be meant.
    ///
    /// @param taken arrays that are something else, labels for instance
    /// @throws DataException if an input has no array, or one that does not fit; it names all such inputs
    static List<Binding> of(Dataset data, Graph graph, FeedRequest request, Set<String> taken) {
        List<Port> ports = Port.of(graph);
        Map<String, String> names = request.names();
        for (String name : names.keySet()) {
            if (ports.stream().noneMatch(port -> port.name().equals(name))) {
                throw new DataException("the model has no input '" + name + "'", "", "it has " + listed(ports));
            }
        }
        List<Binding> bindings = new ArrayList<>();
        List<DataException> misfits = new ArrayList<>();
        for (Port port : ports) {
            try {
                Field field = names.containsKey(port.name())
                        ? data.field(String.valueOf(names.get(port.name())))
                        : data.find(port.name())
                                .or(() -> data.find("input_" + ports.indexOf(port)))
                                .or(() -> onlyOne(data, ports, taken))
                                .orElseThrow(() -> missing(data, port));
                bindings.add(of(data, port, field, request.preprocess()));
            } catch (DataException e) {
                misfits.add(e);
            }
        }
        if (misfits.size() == 1) {
            throw misfits.getFirst();
        }
        if (!misfits.isEmpty()) {
            throw new DataException(
                    misfits.stream().map(DataException::what).collect(Collectors.joining("; ")),
                    "file '" + data.source() + "'",
                    "the model wants " + listed(ports) + "; the data has " + given(data)
                            + ": name arrays with --input INPUT=ARRAY");
        }
        return bindings;
    }

    private static Optional<Field> onlyOne(Dataset data, List<Port> ports, Set<String> taken) {
        List<Field> free = data.fields().stream()
                .filter(field -> !taken.contains(field.name()))
                .filter(field -> ports.getFirst().dims().size() - field.row().rank() <= 1)
                .toList();
        return ports.size() == 1 && free.size() == 1 ? Optional.of(free.getFirst()) : Optional.empty();
    }

    private static DataException missing(Dataset data, Port port) {
        return new DataException(
                "the data has nothing for input '" + port.name() + "' " + port.type(),
                "file '" + data.source() + "'",
                "it has " + given(data) + ": name the array with --input " + port.name() + "=ARRAY");
    }

    private static String given(Dataset data) {
        return data.fields().stream().map(Field::toString).collect(Collectors.joining(", "));
    }

    private static String listed(List<Port> ports) {
        return ports.stream()
                .map(port -> "'" + port.name() + "' " + port.type())
                .collect(Collectors.joining(", "));
    }

    private static Binding of(Dataset data, Port port, Field field, Preprocess preprocess) {
        boolean isResized = preprocess.hasGeometry() && !data.isResized(field);
        Shape row = isResized ? preprocess.shape(field.row()).orElseThrow(() -> notResized(port, field)) : field.row();
        if (row.rank() == 0 && port.dims().size() == 2 && port.allows(1, 1)) {
            // A column of numbers is as good as one of vectors of one number.
            row = Shape.of(1);
        }
        boolean hasBatchAxis = row.rank() + 1 == port.dims().size();
        boolean fits = hasBatchAxis || row.rank() == port.dims().size();
        int first = hasBatchAxis ? 1 : 0;
        for (int axis = 0; fits && axis < row.rank(); axis++) {
            fits = port.allows(axis + first, row.dim(axis));
        }
        if (!fits) {
            String changed = isResized ? ", resized and cropped to " + row : "";
            throw new DataException(
                    "the shapes do not fit: the model wants " + port.type() + ", the data has " + field + changed,
                    "input '" + port.name() + "'",
                    "the first axis of the data counts the rows, the others are the model's");
        }
        boolean isLossy = Elements.isFloat(field.type()) && !Elements.isFloat(port.element());
        if (isLossy) {
            throw new DataException(
                    "the types do not fit: the model wants " + port.type() + ", the data has " + field,
                    "input '" + port.name() + "'",
                    "store integers: floats are not rounded to them");
        }
        return new Binding(port, field, row, isResized, hasBatchAxis);
    }

    private static DataException notResized(Port port, Field field) {
        return new DataException(
                field + " cannot be resized and cropped so",
                "input '" + port.name() + "' " + port.type(),
                "rows must be images of two or three axes, no smaller than the crop; see also layout=nhwc");
    }

    /// The batch size that the model insists on, if it does.
    ///
    /// @throws DataException if two inputs insist on different ones
    static OptionalInt fixedBatch(List<Binding> bindings) {
        if (bindings.stream().anyMatch(binding -> !binding.hasBatchAxis)) {
            return OptionalInt.of(1);
        }
        List<Integer> sizes = new ArrayList<>();
        for (Binding binding : bindings) {
            if (binding.port.dims().getFirst() instanceof Dimension.Known(long size) && size > 0) {
                sizes.add(Math.toIntExact(size));
            }
        }
        if (sizes.stream().distinct().count() > 1) {
            throw new DataException(
                    "the model's inputs have first axes of " + sizes + ", which are no batch",
                    "",
                    "give arrays with one more axis than the inputs have, the first counting the runs");
        }
        return sizes.isEmpty() ? OptionalInt.empty() : OptionalInt.of(sizes.getFirst());
    }
}
