package dev.espalier.pruning.channels;

/// A way to tell how much channels matter that only samples can tell.
public final class SampledChannels implements ChannelMethod {
    private final String name;
    private final String summary;
    private final ChannelEvidence evidence;

    SampledChannels(String name, String summary, ChannelEvidence evidence) {
        this.name = name;
        this.summary = summary;
        this.evidence = evidence;
    }

    /// The same method, told what samples say.
    public SampledChannels with(ChannelEvidence other) {
        return new SampledChannels(name, summary, other);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String summary() {
        return summary;
    }

    /// Channels that no layer reads which samples can be given to stay.
    @Override
    public double ofNothing() {
        return Double.NaN;
    }

    @Override
    public boolean looksAt(WeightSlices slices) {
        return evidence.of(slices).isPresent();
    }

    @Override
    public double[] score(WeightSlices slices, long seed) {
        return evidence.of(slices).orElseThrow().clone();
    }
}
