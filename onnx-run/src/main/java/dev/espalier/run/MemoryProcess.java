package dev.espalier.run;

import dev.espalier.run.data.Dataset;
import dev.espalier.run.data.Field;
import dev.espalier.run.data.Rows;
import dev.espalier.sparse.DenseTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/// The program of a process that holds one model and nothing else, to see what memory that takes.
public final class MemoryProcess {
    private static final int RUNS = 20;
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path CLEAR = Path.of("/proc/self/clear_refs");

    private MemoryProcess() {}

    /// Loads a model, runs it, and writes to a file, in one line: the process's resident memory in bytes before
    /// the model is loaded, after, and the most during the runs, and the median time of a run in nanoseconds.
    ///
    /// @param args the model, the file to write, how many configuration entries the session gets, these as
    ///     `key=value`, then `input=array.npy` for each input: a file of one row, which is all that the input takes
    public static void main(String[] args) throws IOException, ModelRunException {
        Map<String, DenseTensor> inputs = new LinkedHashMap<>();
        Map<String, String> settings = new LinkedHashMap<>();
        int firstInput = 3 + Integer.parseInt(args[2]);
        for (int i = 3; i < args.length; i++) {
            int sign = args[i].lastIndexOf('=');
            String name = args[i].substring(0, sign);
            String value = args[i].substring(sign + 1);
            if (i < firstInput) {
                settings.put(name, value);
            } else {
                inputs.put(name, read(Path.of(value)));
            }
        }
        OrtRuntime.environment();
        System.gc();
        long before = memory("VmRSS:");
        try (OrtModel model = OrtModel.load(Path.of(args[0]), SessionSettings.DEFAULT.with(settings))) {
            long loaded = memory("VmRSS:");
            // Forgets the peak that loading left.
            Files.writeString(CLEAR, "5");
            long[] nanos = model.time(inputs, RUNS);
            long peak = memory("VmHWM:");
            Arrays.sort(nanos);
            Files.writeString(Path.of(args[1]), before + " " + loaded + " " + peak + " " + nanos[RUNS / 2]);
        }
    }

    private static DenseTensor read(Path file) throws IOException {
        try (Dataset data = Dataset.open(file)) {
            Field field = data.fields().getFirst();
            DenseTensor tensor = DenseTensor.zeros(field.type(), field.row());
            try (Rows rows = data.rows(field, false)) {
                rows.read(0, tensor.data());
            }
            return tensor;
        }
    }

    /// A line of the process's status, `VmRSS:     1234 kB`.
    private static long memory(String name) throws IOException {
        return Files.readAllLines(STATUS).stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.replaceAll("\\D", ""))
                .mapToLong(number -> Long.parseLong(number) * 1024)
                .findFirst()
                .orElseThrow(() -> new IOException("no " + name + " in " + STATUS));
    }
}
