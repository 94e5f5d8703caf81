package dev.espalier.run;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/// Something that reads a model file and writes another.
public sealed interface Resaver {
    /// Those of ONNX Runtime, from nothing to all it can.
    List<OptLevel> LEVELS = List.of(OptLevel.NO_OPT, OptLevel.BASIC_OPT, OptLevel.EXTENDED_OPT, OptLevel.ALL_OPT);

    /// `no optimization`, `basic`, `extended` or `all`.
    static String nameOf(OptLevel level) {
        return level == OptLevel.NO_OPT
                ? "no optimization"
                : level.name().toLowerCase(Locale.ROOT).replace("_opt", "");
    }

    /// What it is called in reports.
    String name();

    /// Whether its output is meant to be shipped, so that what it made dense is lost; what ONNX Runtime
    /// optimizes for itself is dense in memory anyway.
    boolean isShipped();

    /// What one wrote.
    ///
    /// @param shipped the file, of which the size counts
    /// @param readable the same as an ONNX file
    record Saved(Path shipped, Path readable) {}

    /// Writes the other file.
    ///
    /// @param folder for it, empty
    /// @throws ModelRunException if it does not
    Saved save(Path model, Path folder) throws ModelRunException;

    /// ONNX Runtime's optimizer at each of its levels, into ONNX files and into files of its own format.
    static List<Resaver> ofRuntime() {
        List<Resaver> all = new ArrayList<>();
        for (boolean isOrt : new boolean[] {false, true}) {
            for (OptLevel level : LEVELS) {
                all.add(new Optimizer(level, isOrt));
            }
        }
        return List.copyOf(all);
    }

    /// Any program.
    ///
    /// @param command words, of which `{in}` and `{out}` stand for the files
    /// @param limit how long it may take
    static Resaver ofCommand(String command, Duration limit) {
        return new Command(command, limit);
    }

    /// ONNX Runtime, saving what its optimizer made.
    ///
    /// @param isOrt whether in its own format
    record Optimizer(OptLevel level, boolean isOrt) implements Resaver {
        @Override
        public String name() {
            return "ONNX Runtime, " + nameOf(level) + (isOrt ? ", .ort" : "");
        }

        @Override
        public boolean isShipped() {
            return level == OptLevel.NO_OPT;
        }

        /// What is in a file of its own format, the runtime itself writes as ONNX, changing nothing.
        @Override
        public Saved save(Path model, Path folder) throws ModelRunException {
            Path onnx = folder.resolve("saved.onnx");
            if (!isOrt) {
                save(model, onnx, level, "ONNX");
                return new Saved(onnx, onnx);
            }
            Path ort = folder.resolve("saved.ort");
            save(model, ort, level, "ORT");
            save(ort, onnx, OptLevel.NO_OPT, "ONNX");
            return new Saved(ort, onnx);
        }

        private static void save(Path model, Path output, OptLevel level, String format) throws ModelRunException {
            try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
                options.setOptimizationLevel(level);
                options.setIntraOpNumThreads(1);
                options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
                options.setOptimizedModelFilePath(output.toString());
                options.addConfigEntry("session.save_model_format", format);
                OrtRuntime.environment()
                        .createSession(model.toString(), options)
                        .close();
            } catch (OrtException e) {
                throw OrtRuntime.refusal(e);
            }
        }
    }

    /// A program, started without a shell.
    record Command(String command, Duration limit) implements Resaver {
        private static final int MOST_BYTES = 4096;
        private static final int MOST_CHARACTERS = 200;

        @Override
        public String name() {
            return command;
        }

        @Override
        public boolean isShipped() {
            return true;
        }

        @Override
        public Saved save(Path model, Path folder) throws ModelRunException {
            Path output = folder.resolve("saved.onnx");
            List<String> words = Arrays.stream(command.strip().split("\\s+"))
                    .map(word -> word.replace("{in}", model.toAbsolutePath().toString())
                            .replace("{out}", output.toAbsolutePath().toString()))
                    .toList();
            Path complaints = folder.resolve("stderr");
            Process process = start(words, complaints);
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
                throw new ModelRunException("it failed with exit code " + process.exitValue() + lastOf(complaints));
            }
            if (!Files.exists(output)) {
                throw new ModelRunException("it wrote nothing to {out}" + lastOf(complaints));
            }
            return new Saved(output, output);
        }

        /// Nothing can be asked of it, and nothing it says gets between the lines of this command's result.
        private static Process start(List<String> words, Path complaints) throws ModelRunException {
            try {
                Process process = new ProcessBuilder(words)
                        .redirectOutput(Redirect.DISCARD)
                        .redirectError(complaints.toFile())
                        .start();
                process.getOutputStream().close();
                return process;
            } catch (IOException e) {
                throw new ModelRunException("it cannot be started: " + e.getMessage());
            }
        }

        /// The last line of what it wrote to standard error, where programs say why they fail: `:
        /// ValueError: ...`.
        private static String lastOf(Path complaints) {
            try (RandomAccessFile file = new RandomAccessFile(complaints.toFile(), "r")) {
                byte[] end = new byte[(int) Math.min(MOST_BYTES, file.length())];
                file.seek(file.length() - end.length);
                file.readFully(end);
                return new String(end, StandardCharsets.UTF_8)
                        .lines()
                        .map(line -> line.replaceAll("\\p{Cntrl}", " ").strip())
                        .filter(line -> !line.isEmpty())
                        .reduce((first, second) -> second)
                        .map(line -> ": " + line.substring(0, Math.min(MOST_CHARACTERS, line.length())))
                        .orElse("");
            } catch (IOException e) {
                return "";
            }
        }
    }
}
