package dev.espalier.run.validate;

import java.util.Optional;
import java.util.Set;

/// What `validate` is asked.
///
/// @param probes names of the probes to carry out
/// @param gate names of the probes that decide; empty for accuracy, and segments where there are any
/// @param maxDrop how many points the metric may fall
/// @param segment array of the segments; empty for the classes
/// @param maxSegmentDrop how many points it may fall in a segment
/// @param maxFlips share of the surer half of the samples whose decision may change
/// @param noise standard deviation of the noise that is added to inputs in another pass; 0 for no such pass
/// @param isSplit whether to simulate an A/B test
/// @param maxBad how many samples may be unreadable
/// @param seed of all that is random
public record ValidateRequest(
        DataRequest data,
        Set<String> probes,
        Set<String> gate,
        double maxDrop,
        Optional<String> segment,
        double maxSegmentDrop,
        double maxFlips,
        double noise,
        LatencyProbe.Settings latency,
        boolean isSplit,
        int maxBad,
        long seed) {}
