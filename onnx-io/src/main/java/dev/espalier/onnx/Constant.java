package dev.espalier.onnx;

import dev.espalier.sparse.CooTensor;
import dev.espalier.sparse.DenseData;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Encoded;
import dev.espalier.sparse.PackedTensor;
import dev.espalier.sparse.Shape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A tensor in the model, in the form that it is stored in. The form is a type, so that the writer's exhaustive switch
/// decides the bytes and nothing is made dense by accident.
public sealed interface Constant {
    /// Type of the elements.
    ElementType type();

    /// Shape of the tensor that it stands for.
    Shape shape();

    /// How it is stored, in a word or two: `raw`, `typed`, `external`, `coo`, or the name of a packed encoding.
    String storage();

    /// Whether it takes fewer bytes for having zeros: only the elements that are not zero are stored.
    default boolean isSparse() {
        return this instanceof Sparse || this instanceof Packed;
    }

    /// What is wrong with how it is stored, a clause each: "indices are not in ascending order". The standard forbids
    /// it, or it cannot be decoded.
    default List<String> defects() {
        return List.of();
    }

    /// The elements, without copying where they are stored densely.
    ///
    /// @throws OnnxFormatException if there are none to be had (strings, unknown types, invalid sparse tensors)
    DenseTensor decode();

    /// The form that an encoding gave, inside the model file.
    static Constant of(Encoded encoded) {
        return switch (encoded) {
            case DenseData dense -> Dense.raw(dense.decode());
            case CooTensor coo -> Sparse.of(coo);
            case PackedTensor packed -> Packed.of(packed);
        };
    }

    /// A replacement for this constant: same type and shape, other elements, stored as this one is; a sparse or packed
    /// one becomes dense, since what it stored no longer says where its zeros are.
    default Constant withElements(DenseData elements) {
        return switch (this) {
            // Bytes are never longer in raw_data, where the typed field can take ten for one.
            case Dense dense ->
                new Dense(
                        elements.type(),
                        elements.shape(),
                        dense.typed && elements.type().bits() > 8,
                        elements::decode);
            case External external -> new External(elements, external.origin());
            case Sparse sparse -> Dense.raw(elements.decode());
            case Packed packed -> Dense.raw(elements.decode());
            case Opaque opaque -> throw new IllegalArgumentException("a constant of type " + opaque.type());
        };
    }

    /// Stored element by element in the model file: in `raw_data`, or in the field for its type. The latter takes
    /// decoding, which waits until someone asks.
    final class Dense implements Constant {
        private final ElementType type;
        private final Shape shape;
        private final boolean typed;
        private final Supplier<DenseTensor> source;
        private @Nullable DenseTensor tensor;

        Dense(ElementType type, Shape shape, boolean typed, Supplier<DenseTensor> source) {
            this.type = type;
            this.shape = shape;
            this.typed = typed;
            this.source = source;
        }

        /// Stored in `raw_data`.
        public static Dense raw(DenseTensor tensor) {
            return new Dense(tensor.type(), tensor.shape(), false, () -> tensor);
        }

        @Override
        public ElementType type() {
            return type;
        }

        @Override
        public Shape shape() {
            return shape;
        }

        /// Whether it is in the field for its type, not in `raw_data`.
        public boolean isTyped() {
            return typed;
        }

        @Override
        public String storage() {
            return typed ? "typed" : "raw";
        }

        @Override
        public synchronized DenseTensor decode() {
            if (tensor == null) {
                tensor = source.get();
            }
            return tensor;
        }
    }

    /// Stored in a file beside the model.
    ///
    /// @param origin where it was read from, which decides its place in the file that is written
    record External(DenseData data, ExternalData.Range origin) implements Constant {
        @Override
        public ElementType type() {
            return data.type();
        }

        @Override
        public Shape shape() {
            return data.shape();
        }

        @Override
        public String storage() {
            return "external";
        }

        @Override
        public DenseTensor decode() {
            return data.decode();
        }
    }

    /// Stored as a SparseTensorProto. One that was read may break the rules of the standard ([#defects]) and still be
    /// understood.
    final class Sparse implements Constant {
        private final ElementType type;
        private final Shape shape;
        private final List<String> defects;
        private final Supplier<CooTensor> source;
        private @Nullable CooTensor tensor;

        Sparse(ElementType type, Shape shape, List<String> defects, Supplier<CooTensor> source) {
            this.type = type;
            this.shape = shape;
            this.defects = List.copyOf(defects);
            this.source = source;
        }

        static Sparse of(CooTensor tensor) {
            return new Sparse(tensor.type(), tensor.shape(), List.of(), () -> tensor);
        }

        @Override
        public ElementType type() {
            return type;
        }

        @Override
        public Shape shape() {
            return shape;
        }

        @Override
        public String storage() {
            return "coo";
        }

        @Override
        public List<String> defects() {
            return defects;
        }

        /// The elements that are stored, in order; where two share a position, the later one.
        ///
        /// @throws OnnxFormatException if an index is out of range or data is missing
        public synchronized CooTensor tensor() {
            if (tensor == null) {
                tensor = source.get();
            }
            return tensor;
        }

        @Override
        public DenseTensor decode() {
            CooTensor coo = tensor();
            if (!coo.isDecodable()) {
                throw new OnnxFormatException(
                        "a sparse tensor of " + type + " " + shape + " is too large to decode",
                        "",
                        "tensors of more than 2 GiB must be stored densely, as external data");
            }
            return coo.decode();
        }
    }

    /// Stored as parts from which nodes of its graph make it. The reader takes such nodes for a constant, the writer
    /// puts them first in the graph. One that was read may be made of parts that do not fit together ([#defects]).
    final class Packed implements Constant {
        private final PackedTensor tensor;
        private final Map<String, Constant> parts;
        private final List<Constant> stored;

        /// @param parts how the parts of `tensor` are stored, by their names in the program
        /// @param stored all initializers that it was read from, in file order
        Packed(PackedTensor tensor, Map<String, Constant> parts, List<Constant> stored) {
            this.tensor = tensor;
            this.parts = parts;
            this.stored = List.copyOf(stored);
        }

        static Packed of(PackedTensor tensor) {
            Map<String, Constant> parts = new HashMap<>();
            tensor.parts().forEach((name, part) -> parts.put(name, Dense.raw(part)));
            return new Packed(tensor, parts, List.of());
        }

        @Override
        public ElementType type() {
            return tensor.type();
        }

        @Override
        public Shape shape() {
            return tensor.shape();
        }

        @Override
        public String storage() {
            return tensor.encoding().name();
        }

        /// The parts.
        public PackedTensor tensor() {
            return tensor;
        }

        @Override
        public List<String> defects() {
            return tensor.defect().map(List::of).orElse(List.of());
        }

        @Override
        public DenseTensor decode() {
            tensor.defect().ifPresent(defect -> {
                throw new OnnxFormatException(
                        "a tensor packed as " + storage() + " cannot be decoded: " + defect,
                        "",
                        "the tool that wrote this tensor is at fault: write it again from the dense model");
            });
            return tensor.decode();
        }

        /// How the part of that name is stored.
        Constant part(String name) {
            return Objects.requireNonNull(parts.get(name));
        }

        List<Constant> stored() {
            return stored;
        }

        /// The same, those parts that are initializers stored as the function says. It gives back the constant that it
        /// got to leave it; if it leaves all, so does this.
        Packed withInitializers(UnaryOperator<Constant> storage) {
            Map<String, Constant> others = new HashMap<>(parts);
            for (String part : tensor.program().initializerParts()) {
                others.computeIfPresent(part, (name, constant) -> storage.apply(constant));
            }
            return others.equals(parts)
                    ? this
                    : new Packed(tensor, others, others.values().stream().toList());
        }
    }

    /// Strings, or a type that is not known here: carried along as it is.
    record Opaque(ElementType type, Shape shape) implements Constant {
        @Override
        public String storage() {
            return "opaque";
        }

        @Override
        public DenseTensor decode() {
            throw new OnnxFormatException("a tensor of type " + type + " has no numbers", "", "");
        }
    }
}
