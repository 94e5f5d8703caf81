package dev.espalier.run.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What must be known to make arrays of files that hold something else.
///
/// @param preprocess how images are resized and laid out; the rest of it is the [Feed]'s
/// @param text how texts become tokens; empty if they do not
public record ReadOptions(Preprocess preprocess, Optional<Text> text) {
    /// Nothing is said.
    public static final ReadOptions NONE = new ReadOptions(Preprocess.NONE, Optional.empty());

    /// How texts become tokens.
    ///
    /// @param tokenizer a `tokenizer.json`, as Hugging Face's tokenizers have it
    /// @param length tokens of a row; empty for 128
    /// @param columns the columns of text: one, or two that belong together; empty for those that are no labels
    /// @param isApart whether two columns make two rows, 2k and 2k+1; if not, one row with a separator
    public record Text(Path tokenizer, Optional<Integer> length, List<String> columns, boolean isApart) {}
}
