package dev.espalier.cli;

import dev.espalier.onnx.OnnxWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// A file for what a command did, beside what it prints.
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ReportOptions {
    @Option(
            names = "--report",
            paramLabel = "FILE",
            description =
                    "Write each layer's figures there: as JSON if the name ends in .json, else as a page in HTML.")
    private @Nullable Path file;

    interface Page {
        void write(Path file) throws IOException;
    }

    /// Fails before any work is done if the file cannot be written.
    void check() throws IOException {
        if (file != null) {
            OnnxWriter.probe(file);
        }
    }

    /// Writes the report if one is wanted.
    ///
    /// @param page writes it as a page
    void write(Object report, Page page) throws IOException {
        if (file == null) {
            return;
        }
        if (file.toString().endsWith(".json")) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            JsonReport.print(report, new PrintStream(bytes, true, StandardCharsets.UTF_8));
            TextFile.write(file, bytes.toString(StandardCharsets.UTF_8));
        } else {
            page.write(file);
        }
    }
}
