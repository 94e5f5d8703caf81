package dev.espalier.run;

import java.util.List;
import java.util.stream.Stream;

/// Small graphs, each with what the channel rules must find in it. To add one, add it to a family; to add a
/// family, write its class and add it here.
final class ChannelGraphs {
    private ChannelGraphs() {}

    static List<Net> all() {
        return Stream.of(
                        ConvolutionGraphs.all(),
                        NormalizationGraphs.all(),
                        MovementGraphs.all(),
                        ScatterGraphs.all(),
                        ConstantGraphs.all(),
                        ProductGraphs.all(),
                        RecurrentGraphs.all(),
                        AttentionGraphs.all(),
                        FusedGraphs.all(),
                        QuantizedGraphs.all(),
                        NestedGraphs.all(),
                        ReductionGraphs.all())
                .flatMap(List::stream)
                .toList();
    }
}
