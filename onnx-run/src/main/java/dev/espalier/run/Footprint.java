package dev.espalier.run;

import dev.espalier.onnx.Graph;
import dev.espalier.onnx.OnnxReader;
import dev.espalier.run.data.NpyWriter;
import dev.espalier.sparse.DenseTensor;
import dev.espalier.sparse.ElementType;
import dev.espalier.sparse.Shape;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// What a model takes of a process that has nothing else to do.
///
/// @param loaded resident memory that it adds once it is loaded, in bytes
/// @param peak the most that it adds during runs, in bytes
/// @param millis the median time of a run on one thread, in milliseconds
public record Footprint(long loaded, long peak, double millis) {
    private static final long MOST_SECONDS = 120;

    /// Whether this system tells what memory a process takes.
    public static boolean isMeasurable() {
        return Files.isWritable(Path.of("/proc/self/clear_refs"));
    }

    /// Measures it on random inputs.
    ///
    /// @param settings configuration entries of the session
    /// @param seed of the inputs
    /// @throws ModelRunException if the runtime refuses it, or it runs on no random inputs
    /// @throws IOException if it could not be measured
    public static Footprint onRandomInputs(Path model, Map<String, String> settings, long seed)
            throws ModelRunException, IOException {
        Graph graph = OnnxReader.read(model).graph();
        Map<String, DenseTensor> inputs = new LinkedHashMap<>();
        Equality.onRandom(model, graph, seed)
                .trials()
                .forEach(all -> all.forEach((name, tensor) -> inputs.put(name, dense(Output.Numbers.of(tensor)))));
        return of(model, settings, inputs);
    }

    private static DenseTensor dense(Output.Numbers numbers) {
        ElementType type = RandomInputs.elementType(numbers.type());
        DenseTensor tensor = DenseTensor.zeros(type, Shape.of(numbers.shape()));
        tensor.data().copyFrom(MemorySegment.ofBuffer(numbers.bytes()));
        return tensor;
    }

    /// Measures it.
    ///
    /// @param settings configuration entries of the session
    /// @param inputs of one run
    /// @throws IOException if it could not be measured
    /// @throws IllegalArgumentException if inputs are of a type that cannot be handed over
    public static Footprint of(Path model, Map<String, String> settings, Map<String, DenseTensor> inputs)
            throws IOException {
        try (TemporaryFolder folder = TemporaryFolder.create()) {
            Path result = folder.file("result");
            List<String> words = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    // A heap of one size, all of it touched: what changes is not Java's.
                    "-Xms64m",
                    "-Xmx64m",
                    "-XX:+AlwaysPreTouch",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "--enable-native-access=ALL-UNNAMED",
                    "-cp",
                    System.getProperty("java.class.path"),
                    MemoryProcess.class.getName(),
                    model.toAbsolutePath().toString(),
                    result.toString(),
                    String.valueOf(settings.size())));
            settings.forEach((key, value) -> words.add(key + "=" + value));
            for (Map.Entry<String, DenseTensor> input : inputs.entrySet()) {
                Path file = folder.file("input_" + words.size() + ".npy");
                NpyWriter.write(input.getValue(), file);
                words.add(input.getKey() + "=" + file);
            }
            run(words);
            if (!Files.exists(result)) {
                throw new IOException("the model does not run in a process of its own");
            }
            String[] numbers = Files.readString(result).split(" ", -1);
            long before = Long.parseLong(numbers[0]);
            return new Footprint(
                    Long.parseLong(numbers[1]) - before,
                    Long.parseLong(numbers[2]) - before,
                    Long.parseLong(numbers[3]) / 1e6);
        }
    }

    private static void run(List<String> words) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(words)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        Process process = builder.start();
        try {
            if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("its process did not end within " + MOST_SECONDS + " seconds");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("it was interrupted", e);
        } finally {
            process.destroyForcibly();
        }
    }
}
