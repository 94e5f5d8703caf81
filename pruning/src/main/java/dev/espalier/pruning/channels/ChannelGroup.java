package dev.espalier.pruning.channels;

import java.util.List;

/// Channels that occur in the same axes, so that any of them can go instead of another: the width of a layer,
/// or of a residual stream with all layers that read and write it.
///
/// Its cells are lists of classes of indices; one of each cell makes a channel. There is one cell, unless as
/// many indices must stay in each of several blocks.
final class ChannelGroup {
    private final int id;
    private final int[] spaces;
    private final List<int[]> cells;

    /// @param spaces the spaces that its channels are indices of
    ChannelGroup(int id, int[] spaces, List<int[]> cells) {
        this.id = id;
        this.spaces = spaces;
        this.cells = cells;
    }

    int id() {
        return id;
    }

    int[] spaces() {
        return spaces;
    }

    List<int[]> cells() {
        return cells;
    }

    /// How many channels can be told apart.
    int size() {
        return cells.stream().mapToInt(cell -> cell.length).min().orElse(0);
    }
}
