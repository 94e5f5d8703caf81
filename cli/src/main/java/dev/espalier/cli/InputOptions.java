package dev.espalier.cli;

import dev.espalier.run.data.Dataset;
import dev.espalier.run.data.Preprocess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;

/// How data become the inputs of a model.
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
    private Preprocess preprocess = Preprocess.NONE;

    Dataset open(Path data) throws IOException {
        return Dataset.open(data, preprocess);
    }

    /// Array for an input.
    Map<String, String> names() {
        return names;
    }

    Preprocess preprocess() {
        return preprocess;
    }

    /// Whether none is given.
    boolean areUnused() {
        return names.isEmpty() && preprocess.equals(Preprocess.NONE);
    }

    static final class PreprocessConverter implements ITypeConverter<Preprocess> {
        @Override
        public Preprocess convert(String text) {
            return Converters.checked(() -> Preprocess.parse(text));
        }
    }
}
