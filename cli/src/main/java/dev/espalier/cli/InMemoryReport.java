package dev.espalier.cli;

import dev.espalier.pruning.InMemory;
import dev.espalier.run.Footprint;
import dev.espalier.run.ModelRunException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// How packed weights are kept packed in ONNX Runtime, and what that takes of memory and time.
///
/// @param sessionOptions configuration entries of a session
/// @param choices the model without them and with them; empty if it could not be measured
/// @param notMeasured why not; empty if it was
record InMemoryReport(Map<String, String> sessionOptions, List<Choice> choices, String notMeasured) {
    /// One of the two.
    ///
    /// @param decoded when the weights are decoded
    /// @param loadedBytes resident memory that the model adds to a process once it is loaded
    /// @param peakBytes the most that it adds during runs
    /// @param runMillis the median of runs on one thread
    record Choice(String decoded, long loadedBytes, long peakBytes, double runMillis) {
        static Choice of(String decoded, Footprint footprint) {
            return new Choice(decoded, footprint.loaded(), footprint.peak(), footprint.millis());
        }
    }

    /// Loads and runs the model in processes of their own.
    static InMemoryReport measure(Path model) {
        if (!Footprint.isMeasurable()) {
            return notMeasured("this system does not tell a process's memory in /proc");
        }
        try {
            return new InMemoryReport(
                    InMemory.SETTINGS,
                    List.of(
                            Choice.of("when it is loaded", Footprint.onRandomInputs(model, Map.of(), 0)),
                            Choice.of("at each run", Footprint.onRandomInputs(model, InMemory.SETTINGS, 0))),
                    "");
        } catch (IOException | IllegalArgumentException | ModelRunException e) {
            return notMeasured(String.valueOf(e.getMessage()));
        }
    }

    private static InMemoryReport notMeasured(String why) {
        return new InMemoryReport(InMemory.SETTINGS, List.of(), why);
    }

    void print(Console console) {
        console.out().println();
        console.out().println("ONNX Runtime keeps the weights packed in memory if a session has the entries");
        sessionOptions.forEach((key, value) -> console.out().println("  " + key + " = " + value));
        console.out()
                .println("(SessionOptions.addConfigEntry, in Python add_session_config_entry); or, with no "
                        + "optimization at all,\nwhere the environment has ORT_LOAD_CONFIG_FROM_MODEL=1");
        console.out().println();
        if (choices.isEmpty()) {
            console.out().println("memory and time were not measured: " + notMeasured);
            return;
        }
        console.out()
                .println(new TextTable<Choice>()
                        .text("weights are decoded", Choice::decoded)
                        .number("loaded", c -> Figures.bytes(c.loadedBytes))
                        .number("runs, at most", c -> Figures.bytes(c.peakBytes))
                        .number("run, ms", c -> String.format(Locale.ROOT, "%.2f", c.runMillis))
                        .render(choices, console.columns()));
    }
}
