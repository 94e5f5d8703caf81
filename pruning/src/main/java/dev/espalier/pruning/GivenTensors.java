package dev.espalier.pruning;

import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.Shape;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Tensors that someone gives for the weights of a model, each of the weight's shape.
///
/// @param tensors by their own names
/// @param names what they are called
public record GivenTensors(NamedTensors tensors, NameMap names) {
    /// Why a weight has none; nothing if it has one.
    Optional<String> missing(Weight weight) {
        return tensors.names().contains(arrayOf(weight).name())
                ? Optional.empty()
                : Optional.of("nothing is given for it in " + tensors.source());
    }

    /// The tensor for a weight that has one.
    DenseTensor of(Weight weight) {
        NameMap.Array array = arrayOf(weight);
        Shape shape = weight.shape();
        if (!array.isTransposed()) {
            return tensors.read(array.name(), shape);
        }
        if (shape.rank() != 2) {
            throw new PruningException(
                    "only a matrix can be given transposed, not " + shape,
                    "tensor '" + weight.name() + "'",
                    "leave '" + NameMap.TRANSPOSED + "' out of its name");
        }
        return tensors.read(array.name(), Shape.of(shape.dim(1), shape.dim(0))).transposed();
    }

    private NameMap.Array arrayOf(Weight weight) {
        NameMap.Array byPath = names.of(weight.value().path());
        return tensors.names().contains(byPath.name())
                ? byPath
                : names.of(weight.value().name());
    }

    /// @throws PruningException if a name, here or in the map, is that of no tensor of the model
    void requireMeaning(ModelWeights all) {
        Set<String> known = new HashSet<>();
        Set<String> arrays = new HashSet<>();
        Stream.concat(
                        all.weights().stream().map(Weight::value),
                        all.others().stream().map(LeftAlone::value))
                .flatMap(value -> Stream.of(value.path(), value.name()))
                .forEach(name -> {
                    known.add(name);
                    arrays.add(names.of(name).name());
                });
        for (String name : names.arrays().keySet()) {
            if (!known.contains(name)) {
                throw unknown("no tensor is named '" + name + "'", "the name map");
            }
        }
        for (String name : tensors.names()) {
            if (!arrays.contains(name)) {
                throw unknown("no tensor is named '" + name + "', as an array is", tensors.source());
            }
        }
    }

    private static PruningException unknown(String what, String where) {
        return new PruningException(
                what, where, "`espalier inspect --all` lists the names of tensors; --name-map maps them to arrays");
    }
}
