package dev.espalier.run;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Something that reads a model file and writes another.
public sealed interface Resaver {
    /// What it is called in reports.
    String name();

    /// Whether its output is meant to be shipped, so that what it made dense is lost; what ONNX Runtime optimizes for
    /// itself is dense in memory anyway.
    boolean isShipped();

    /// Writes the other file.
    ///
    /// @throws ModelRunException if it does not
    void save(Path model, Path output) throws ModelRunException;

    /// ONNX Runtime's optimizer at each of its levels.
    static List<Resaver> ofRuntime() {
        return Stream.of(
                        OrtSession.SessionOptions.OptLevel.NO_OPT,
                        OrtSession.SessionOptions.OptLevel.BASIC_OPT,
                        OrtSession.SessionOptions.OptLevel.EXTENDED_OPT,
                        OrtSession.SessionOptions.OptLevel.ALL_OPT)
                .<Resaver>map(Optimizer::new)
                .toList();
    }

    /// Any program.
    ///
    /// @param command words, of which `{in}` and `{out}` stand for the files
    /// @param limit how long it may take
    static Resaver ofCommand(String command, Duration limit) {
        return new Command(command, limit);
    }

    /// ONNX Runtime, saving what its optimizer made.
    record Optimizer(OrtSession.SessionOptions.OptLevel level) implements Resaver {
        @Override
        public String name() {
            return "ONNX Runtime, "
                    + level.name().toLowerCase(Locale.ROOT).replace("_opt", "").replace("no", "no optimization");
        }

        @Override
        public boolean isShipped() {
            return level == OrtSession.SessionOptions.OptLevel.NO_OPT;
        }

        @Override
        public void save(Path model, Path output) throws ModelRunException {
            try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
                options.setOptimizationLevel(level);
                options.setIntraOpNumThreads(1);
                options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
                options.setOptimizedModelFilePath(output.toString());
                OrtModel.environment().createSession(model.toString(), options).close();
            } catch (OrtException e) {
                throw OrtModel.refusal(e);
            }
        }
    }

    /// A program, started without a shell.
    record Command(String command, Duration limit) implements Resaver {
        @Override
        public String name() {
            return command;
        }

        @Override
        public boolean isShipped() {
            return true;
        }

        @Override
        public void save(Path model, Path output) throws ModelRunException {
            List<String> words = Arrays.stream(command.strip().split("\\s+"))
                    .map(word -> word.replace("{in}", model.toAbsolutePath().toString())
                            .replace("{out}", output.toAbsolutePath().toString()))
                    .toList();
            Process process = start(words);
            try {
                if (!process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)) {
                    throw new ModelRunException("it did not end within " + limit.toSeconds() + " seconds");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ModelRunException("it was interrupted");
            } finally {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
            if (process.exitValue() != 0) {
                throw new ModelRunException("it failed with exit code " + process.exitValue());
            }
            if (!Files.exists(output)) {
                throw new ModelRunException("it wrote nothing to {out}");
            }
        }

        private static Process start(List<String> words) throws ModelRunException {
            try {
                // What it says goes where warnings go; the result of this command must stay readable.
                return new ProcessBuilder(words)
                        .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
                        .redirectOutput(Redirect.DISCARD)
                        .redirectError(Redirect.DISCARD)
                        .start();
            } catch (IOException e) {
                throw new ModelRunException("it cannot be started: " + e.getMessage());
            }
        }
    }
}
