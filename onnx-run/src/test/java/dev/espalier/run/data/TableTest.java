package dev.espalier.run.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TableTest {
    /// A tokenizer of eight words, made for this test.
    private static final String TOKENIZER = """
            {"version": "1.0", "truncation": null, "padding": null,
             "added_tokens": [
              {"id": 2, "content": "[CLS]", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false,
               "special": true},
              {"id": 3, "content": "[SEP]", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false,
               "special": true}],
             "normalizer": {"type": "Lowercase"},
             "pre_tokenizer": {"type": "Whitespace"},
             "post_processor": {"type": "TemplateProcessing",
              "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
               {"SpecialToken": {"id": "[SEP]", "type_id": 0}}],
              "pair": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
               {"SpecialToken": {"id": "[SEP]", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}},
               {"SpecialToken": {"id": "[SEP]", "type_id": 1}}],
              "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [2], "tokens": ["[CLS]"]},
               "[SEP]": {"id": "[SEP]", "ids": [3], "tokens": ["[SEP]"]}}},
             "decoder": null,
             "model": {"type": "WordLevel", "unk_token": "[UNK]", "vocab": {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2,
              "[SEP]": 3, "a": 4, "good": 5, "bad": 6, "film": 7}}}
            """;

    @TempDir
    private Path folder;

    private Path table(String name, String... lines) throws IOException {
        return Files.write(folder.resolve(name), List.of(lines));
    }

    private static List<Double> column(Dataset data, String name) throws IOException {
        Field field = data.field(name);
        return IntStream.range(0, (int) field.rows())
                .mapToObj(row -> row(data, name, row)[0])
                .toList();
    }

    private static double[] row(Dataset data, String name, int row) {
        Field field = data.field(name);
        double[] values = new double[(int) field.row().elementCount()];
        try (Arena arena = Arena.ofConfined();
                Rows rows = data.rows(field, true)) {
            MemorySegment bytes = arena.allocate(field.rowBytes());
            rows.read(row, bytes);
            Elements.read(field.type(), bytes, values);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return values;
    }

    @Test
    void takesEachColumnForWhatAllItsCellsAre() throws IOException {
        Path file = table(
                "a.csv",
                "n,x,ok,kind,\"a, quoted\"",
                "1,0.5,true,bee,1",
                "-2,3,FALSE,ant,\"2\"",
                "3,1e3,true,\"bee\",nan");
        try (Dataset data = Dataset.open(file)) {
            assertThat(data.fields())
                    .hasToString("['n' i64[3], 'x' f64[3], 'ok' bool[3], 'kind' i64[3], 'a, quoted' f64[3]]");
            assertThat(column(data, "n")).containsExactly(1.0, -2.0, 3.0);
            assertThat(column(data, "x")).containsExactly(0.5, 3.0, 1000.0);
            assertThat(column(data, "ok")).containsExactly(1.0, 0.0, 1.0);
            assertThat(column(data, "kind")).containsExactly(1.0, 0.0, 1.0);
            assertThat(data.names(data.field("kind"))).containsExactly("ant", "bee");
            assertThat(column(data, "a, quoted")).containsExactly(1.0, 2.0, Double.NaN);
        }
    }

    @Test
    void readsRowsOfManyPagesInAnyOrder() throws IOException {
        String[] lines = IntStream.range(-1, 1000)
                .mapToObj(i -> i < 0 ? "x\ty" : i + "\t" + i * i)
                .toArray(String[]::new);
        try (Dataset data = Dataset.open(table("a.tsv", lines))) {
            for (int row : new int[] {999, 0, 63, 64, 500}) {
                assertThat(row(data, "y", row)).containsExactly((double) row * row);
            }
        }
    }

    @Test
    void namesTheRowThatHasTooFewCellsOrNone() throws IOException {
        try (Dataset data = Dataset.open(table("a.csv", "x,y", "1,2", "3", "4,"))) {
            assertThat(row(data, "x", 0)).containsExactly(1);
            assertThatThrownBy(() -> row(data, "x", 1))
                    .hasRootCauseInstanceOf(UnreadableRowException.class)
                    .hasMessageContaining("line 3 has 1 cells, the table has 2 columns");
            assertThatThrownBy(() -> row(data, "y", 2)).hasMessageContaining("row 2 has nothing in column 'y'");
        }
    }

    @Test
    void readsTheFilesThatItsCellsName() throws IOException {
        Files.createDirectories(folder.resolve("in"));
        BufferedImage grey = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY);
        grey.getRaster().setSample(1, 0, 0, 200);
        ImageIO.write(grey, "png", folder.resolve("in/a.png").toFile());
        Files.write(
                folder.resolve("in/a.npy"),
                NpzWriter.npy("'descr': '<f4', 'fortran_order': True, 'shape': (2, 2)", NpzWriter.little(1, 2, 3, 4)));
        Path file = table("a.csv", "file,array,label", "in/a.png,in/a.npy,1", "in/none.png,in/none.npy,0");
        try (Dataset data = Dataset.open(file)) {
            assertThat(data.fields()).hasToString("['file' u8[2,1,1,2], 'array' f32[2,2,2], 'label' i64[2]]");
            assertThat(row(data, "file", 0)).containsExactly(0, 200);
            assertThat(row(data, "array", 0)).containsExactly(1, 3, 2, 4);
            assertThatThrownBy(() -> row(data, "file", 1)).hasMessageEndingWith("none.png' is not there");
            assertThatThrownBy(() -> row(data, "array", 1)).hasMessageContaining("none.npy' cannot be read");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'file\n../x.png'|'../x.png' is not in the folder of the table",
                "'file\n/etc/x.png'|'/etc/x.png' is not in the folder of the table",
                "'file\nx.png'|no image decodes",
                "'a,a\n1,2'|two columns have the same name",
                "''|an empty table",
                "'a,b\n\"1,2\n3\"4,5'|not a table"
            })
    void refusesWhatIsNoTable(String text, String words) throws IOException {
        Path file = Files.writeString(folder.resolve("bad.csv"), text.replace("\\n", "\n"));
        assertThatThrownBy(() -> Dataset.open(file))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(words);
    }

    private ReadOptions tokenizer(boolean isApart, String... columns) throws IOException {
        Path file = Files.writeString(folder.resolve("tokenizer.json"), TOKENIZER);
        return new ReadOptions(
                Preprocess.NONE, Optional.of(new ReadOptions.Text(file, Optional.of(8), List.of(columns), isApart)));
    }

    @Test
    void makesTokensOfLines() throws IOException {
        Path file = table("a.txt", "A good \"film", "bad unknown film a a a a a a");
        try (Dataset data = Dataset.open(file, tokenizer(false))) {
            assertThat(data.fields())
                    .hasToString("['input_ids' i64[2,8], 'attention_mask' i64[2,8], 'token_type_ids' i64[2,8]]");
            assertThat(row(data, "input_ids", 0)).containsExactly(2, 4, 5, 1, 7, 3, 0, 0);
            assertThat(row(data, "attention_mask", 0)).containsExactly(1, 1, 1, 1, 1, 1, 0, 0);
            assertThat(row(data, "input_ids", 1)).containsExactly(2, 6, 1, 7, 4, 4, 4, 3);
        }
    }

    @Test
    void putsTwoTextsIntoOneRowOrTwo() throws IOException {
        Path file = table("a.tsv", "one\ttwo\tlabel", "good\tbad\tno", "film\tfilm\tyes");
        try (Dataset data = Dataset.open(file, tokenizer(false))) {
            assertThat(row(data, "input_ids", 0)).containsExactly(2, 5, 3, 6, 3, 0, 0, 0);
            assertThat(row(data, "token_type_ids", 0)).containsExactly(0, 0, 0, 1, 1, 0, 0, 0);
            assertThat(column(data, "label")).containsExactly(0.0, 1.0);
        }
        try (Dataset data = Dataset.open(file, tokenizer(true))) {
            assertThat(data.field("input_ids").rows()).isEqualTo(4);
            assertThat(row(data, "input_ids", 1)).containsExactly(2, 6, 3, 0, 0, 0, 0, 0);
        }
        try (Dataset data = Dataset.open(file, tokenizer(false, "two"))) {
            assertThat(row(data, "input_ids", 1)).containsExactly(2, 7, 3, 0, 0, 0, 0, 0);
        }
        assertThatThrownBy(() -> Dataset.open(file, tokenizer(false, "three")))
                .hasMessageContaining("the data has no column 'three'");
    }

    @Test
    void refusesWhatIsNoTokenizer() throws IOException {
        Path file = table("a.txt", "a");
        Path json = Files.writeString(folder.resolve("tokenizer.json"), "{}");
        ReadOptions.Text text = new ReadOptions.Text(json, Optional.empty(), List.of(), false);
        assertThatThrownBy(() -> Dataset.open(file, new ReadOptions(Preprocess.NONE, Optional.of(text))))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("not a tokenizer");
    }
}
