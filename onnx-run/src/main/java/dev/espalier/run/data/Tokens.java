package dev.espalier.run.data;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.espalier.run.TemporaryFolder;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/// Texts as tokens, by a tokenizer of Hugging Face's: rows of `input_ids`, `attention_mask` and `token_type_ids`, all
/// of
/// one length, cut off or filled up.
final class Tokens {
    static final List<String> FIELDS = List.of("input_ids", "attention_mask", "token_type_ids");

    private static final int LENGTH = 128;
    private static final int MOST = 1 << 20;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final HuggingFaceTokenizer tokenizer;
    private final int length;
    /// The fields of a row are read one after the other.
    private List<String> latest = List.of();

    private long[][] encoded = {};

    private Tokens(HuggingFaceTokenizer tokenizer, int length) {
        this.tokenizer = tokenizer;
        this.length = length;
    }

    /// Reads a tokenizer.
    ///
    /// @throws DataException if it is none
    static Tokens open(ReadOptions.Text text) throws IOException {
        int length = text.length().orElse(LENGTH);
        if (!Files.exists(text.tokenizer())) {
            throw new NoSuchFileException(text.tokenizer().toString());
        }
        if (length > MOST) {
            throw new DataException("rows of " + length + " tokens are too long", "", "give a smaller --max-tokens");
        }
        try (TemporaryFolder folder = TemporaryFolder.create()) {
            quietly(folder.path());
            return new Tokens(
                    HuggingFaceTokenizer.builder()
                            .optTokenizerPath(text.tokenizer())
                            .optTruncation(true)
                            .optPadToMaxLength()
                            .optMaxLength(length)
                            .build(),
                    length);
        } catch (RuntimeException | UnsatisfiedLinkError e) {
            // The library throws what its native half said.
            throw new DataException(
                    "not a tokenizer: " + e.getMessage(),
                    "file '" + text.tokenizer() + "'",
                    "give the tokenizer.json that belongs to the model");
        }
    }

    /// The library unpacks its native half into a folder in the user's home that it never clears, looks for graphics
    /// cards, and reports its use to its maker. It is told to do none of that.
    private static void quietly(Path folder) {
        System.setProperty("ENGINE_CACHE_DIR", folder.toString());
        System.setProperty("RUST_FLAVOR", "cpu");
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("OPT_OUT_TRACKING", "true");
        System.setProperty("slf4j.internal.verbosity", "ERROR");
    }

    /// The fields of so many rows.
    List<Field> fields(long rows) {
        return FIELDS.stream()
                .map(name -> new Field(name, rows, ElementType.I64, Shape.of(length)))
                .toList();
    }

    /// Writes one field of a row.
    ///
    /// @param texts one, or two in one row
    void write(List<String> texts, String field, MemorySegment to) {
        if (!texts.equals(latest)) {
            Encoding encoding = texts.size() == 1
                    ? tokenizer.encode(texts.getFirst())
                    : tokenizer.encode(texts.getFirst(), texts.getLast());
            encoded = new long[][] {encoding.getIds(), encoding.getAttentionMask(), encoding.getTypeIds()};
            latest = texts;
        }
        long[] values = encoded[FIELDS.indexOf(field)];
        for (int i = 0; i < length; i++) {
            to.set(LONG, i * 8L, values[i]);
        }
    }

    void close() {
        tokenizer.close();
    }
}
