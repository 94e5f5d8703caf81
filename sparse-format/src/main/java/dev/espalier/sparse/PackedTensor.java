package dev.espalier.sparse;

import java.util.Map;
import java.util.Optional;

/// A tensor as parts from which a [DecodeProgram] makes it. One that was read from a file may be made of parts that do
/// not fit together ([#defect]).
///
/// @param encoding the layout of the parts
/// @param shape of the tensor that it stands for
/// @param program how ONNX operators decode it
/// @param parts by the names that the program has for them; `values` is that with the stored elements
public record PackedTensor(PackedEncoding encoding, Shape shape, DecodeProgram program, Map<String, DenseTensor> parts)
        implements Encoded {
    /// A file of a few bytes may claim to be anything: decoded tensors stay below 2 GiB.
    private static final long MAX_DECODED_BYTES = Integer.MAX_VALUE;

    public PackedTensor {
        parts = Map.copyOf(parts);
        if (!parts.keySet().equals(program.parts())) {
            throw new IllegalArgumentException(parts.keySet() + " for a program of " + program.parts());
        }
    }

    @Override
    public ElementType type() {
        return encoding.type(this);
    }

    /// The stored elements, in the order of their positions, with what the encoding puts between them.
    DenseTensor values() {
        return part("values");
    }

    /// The part of that name.
    DenseTensor part(String name) {
        DenseTensor part = parts.get(name);
        if (part == null) {
            throw new IllegalArgumentException(encoding.name() + " has no part '" + name + "'");
        }
        return part;
    }

    /// That of which the elements that are not stored are the zero points.
    ///
    /// @throws IllegalStateException if it has a [#defect]
    public Quantization quantization() {
        defect().ifPresent(defect -> {
            throw new IllegalStateException(defect);
        });
        return Quantization.perTensor(encoding.zero(this), 1);
    }

    /// Why it cannot be decoded; empty if it can.
    public Optional<String> defect() {
        if (encoding.firstOpset(type()) == Integer.MAX_VALUE) {
            return Optional.of("its values are " + type());
        }
        if (type().byteCount(shape.elementCount()) > MAX_DECODED_BYTES) {
            return Optional.of(type() + " " + shape + " is too large to decode");
        }
        return encoding.defect(this);
    }

    /// @throws IllegalStateException if it has a [#defect]
    @Override
    public DenseTensor decode() {
        defect().ifPresent(defect -> {
            throw new IllegalStateException(defect);
        });
        DenseTensor dense = DenseTensor.filled(type(), shape, encoding.zero(this));
        encoding.decode(this, dense);
        return dense;
    }
}
