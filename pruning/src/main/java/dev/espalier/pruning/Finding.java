package dev.espalier.pruning;

import java.util.Locale;

/// One way in which a file is not what was promised.
///
/// @param kind what sort
/// @param tensor the tensor's path; empty if it is about the file
/// @param detail a clause with the figures
public record Finding(Kind kind, String tensor, String detail) {
    /// Sorts of findings. Their names in reports never change their meaning.
    public enum Kind {
        /// An element that was zero has a value.
        ZERO_REVIVED,
        /// An element that had a value is zero.
        VALUE_LOST,
        /// As many zeros as promised, in other places.
        ZEROS_MOVED,
        /// Zeros do not follow the pattern that was promised.
        PATTERN_BROKEN,
        /// Indices that were removed with a channel are there again.
        CHANNEL_REVIVED,
        /// A tensor is not there, under this name.
        TENSOR_MISSING,
        /// A tensor has another type or shape.
        TENSOR_CHANGED,
        /// A tensor that was stored sparse has every element stored.
        DENSIFIED,
        /// A sparse tensor breaks the rules of the standard.
        INVALID_SPARSE,
        /// What is stored sparse takes more bytes than it would dense.
        LARGER_THAN_DENSE,
        /// What is stored sparse takes more bytes than were promised.
        LARGER_THAN_PROMISED,
        /// The unpruned original, or a dense copy, of a pruned tensor is in the file, and nothing reads it.
        TWIN_LEFT,
        /// The files are larger than allowed.
        OVER_BUDGET,
        /// Fewer zeros than were asked for.
        TOO_FEW_ZEROS,
        /// A file that another tool saved cannot be loaded.
        NOT_LOADABLE,
        /// Outputs are not those of the dense form.
        OUTPUTS_DIFFER;

        /// `zero-revived`.
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
