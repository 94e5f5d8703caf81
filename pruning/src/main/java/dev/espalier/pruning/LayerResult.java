package dev.espalier.pruning;

import dev.espalier.sparse.Rounded;
import dev.espalier.sparse.SparseEncoding;
import java.util.Optional;

/// What happened to one weight.
///
/// @param weight as it was
/// @param requested the sparsity that was asked of this weight alone; none if it was asked of several together
/// @param pattern that the zeros follow
/// @param patternNote what of the weight does not follow it, a clause; empty if all does
/// @param zerosBefore zeros that it had
/// @param zeros zeros that it has
/// @param unprunable NaN and infinite elements, which are never pruned
/// @param encoding how it is stored
/// @param rounding what rounding changed of what stays; none if every bit was kept
/// @param exactBecause why nothing was rounded, if it was to be
/// @param encodingNote why not otherwise
/// @param calibrated what samples say of it, if there were any
public record LayerResult(
        Weight weight,
        Optional<Sparsity> requested,
        PatternChoice pattern,
        String patternNote,
        long zerosBefore,
        long zeros,
        long unprunable,
        SparseEncoding encoding,
        Optional<Rounded.Loss> rounding,
        Optional<String> exactBecause,
        Optional<String> encodingNote,
        Optional<PrunedWeight.Calibrated> calibrated) {}
