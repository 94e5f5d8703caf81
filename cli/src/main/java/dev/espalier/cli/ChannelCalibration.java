package dev.espalier.cli;

import dev.espalier.pruning.ModelChanges;
import dev.espalier.pruning.PruningException;
import dev.espalier.pruning.channels.ChannelMethod;
import dev.espalier.pruning.channels.ChannelPlan;
import dev.espalier.pruning.channels.ChannelStructure;
import dev.espalier.pruning.channels.SampledChannels;
import dev.espalier.run.ModelRunException;
import dev.espalier.run.calibrate.CalibratedChannels;
import dev.espalier.run.data.Dataset;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// What samples are good for when channels are removed: to choose them, and to fit what stays.
final class ChannelCalibration {
    private interface Work<T> {
        T on(CalibratedChannels channels) throws IOException, ModelRunException;
    }

    private final CalibrationOptions options;
    private final Path file;
    private final long seed;
    private final int threads;
    private final Console console;

    ChannelCalibration(CalibrationOptions options, Path file, long seed, int threads, Console console) {
        this.options = options;
        this.file = file;
        this.seed = seed;
        this.threads = threads;
        this.console = console;
    }

    /// The method, told what the samples say if it is one that asks.
    ///
    /// @param before what the structure's model has other than the file
    ChannelMethod told(ChannelMethod method, ChannelStructure structure, ModelChanges before) throws IOException {
        return method instanceof SampledChannels sampled
                ? with(before, channels -> channels.told(sampled, structure))
                : method;
    }

    /// What the layers become without the channels that go; nothing if there are no samples.
    Optional<CalibratedChannels.Refit> refit(ChannelPlan plan, ModelChanges before) throws IOException {
        return options.isGiven() ? Optional.of(with(before, channels -> channels.refit(plan))) : Optional.empty();
    }

    private <T> T with(ModelChanges before, Work<T> work) throws IOException {
        try (Dataset data = options.open()) {
            return work.on(new CalibratedChannels(
                    file, before, data, options.request(seed), options.memory(), threads, new ProgressLine(console)));
        } catch (ModelRunException e) {
            throw new PruningException(
                    "the model cannot be calibrated: " + e.getMessage(),
                    "file '" + file + "'",
                    "without --calibration channels are chosen by their weights");
        }
    }
}
