package dev.espalier.cli;

import dev.espalier.run.data.Dataset;
import dev.espalier.run.data.Preprocess;
import dev.espalier.run.data.ReadOptions;
import dev.espalier.run.data.Selection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// How data become the inputs of a model.
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class InputOptions {
    @Option(
            names = "--input",
            paramLabel = "INPUT=ARRAY",
            description = "The array for an input, where their names differ. Repeatable.")
    private Map<String, String> names = new LinkedHashMap<>();

    @Option(
            names = "--preprocess",
            paramLabel = "STEPS",
            converter = PreprocessConverter.class,
            description = "What is done to each row first: scale=1/255,mean=.485:.456:.406,std=.229:.224:.225,"
                    + "resize=256,crop=224,layout=nchw|nhwc,bgr; each part optional.")
    private @Nullable Preprocess preprocess;

    @Option(
            names = "--tokenizer",
            paramLabel = "FILE",
            description = "A tokenizer.json of Hugging Face's, which makes input_ids, attention_mask and "
                    + "token_type_ids of texts.")
    private @Nullable Path tokenizer;

    @Option(
            names = "--max-tokens",
            paramLabel = "N",
            description = "How many tokens of a text are used, and to how many it is filled up (default: 128).")
    private @Nullable Integer maxTokens;

    @Option(
            names = "--text",
            split = ",",
            paramLabel = "COLUMN",
            description = "The columns of text, one or two that belong together (default: those that are no labels).")
    private List<String> text = new ArrayList<>();

    @Option(
            names = "--where",
            paramLabel = "ARRAY",
            description = "Only the rows where this array is true or not 0; with ! in front, only those where it is 0.")
    private @Nullable String where;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    Dataset open(Path data) throws IOException {
        return open(data, false);
    }

    /// @param isApart whether two texts of a row are two inputs, of which the outputs are compared
    Dataset open(Path data, boolean isApart) throws IOException {
        if (tokenizer == null && (maxTokens != null || !text.isEmpty())) {
            throw new ParameterException(
                    spec.commandLine(), "--max-tokens and --text are about texts: give --tokenizer");
        }
        if (maxTokens != null && maxTokens < 2) {
            throw new ParameterException(spec.commandLine(), "--max-tokens is a number from 2 on");
        }
        Optional<ReadOptions.Text> texts = Optional.ofNullable(tokenizer)
                .map(file -> new ReadOptions.Text(file, Optional.ofNullable(maxTokens), text, isApart));
        return Dataset.open(data, new ReadOptions(preprocess(), texts));
    }

    /// Array for an input.
    Map<String, String> names() {
        return names;
    }

    Preprocess preprocess() {
        return preprocess == null ? Preprocess.NONE : preprocess;
    }

    /// Which rows are used.
    Optional<Selection.Where> where() {
        return Optional.ofNullable(where).map(Selection.Where::parse);
    }

    /// Whether none is given.
    boolean areUnused() {
        return names.isEmpty() && preprocess == null && tokenizer == null && where == null;
    }

    static final class PreprocessConverter implements ITypeConverter<Preprocess> {
        @Override
        public Preprocess convert(String text) {
            return Converters.checked(() -> Preprocess.parse(text));
        }
    }
}
