package dev.espalier.pruning.channels;

/// Ties the indices of whole attention heads together. A unit is what goes at once: a head, or where several
/// heads of queries share one of keys and values, all of these.
final class Heads {
    private final Axis leader;
    private final int units;
    private final ChannelLinks links;

    /// @param leader the axis whose indices stand for the units: as many for each
    Heads(Axis leader, long units, ChannelLinks links) {
        if (units <= 0 || leader.size() % units != 0) {
            throw new UnsupportedFormException(leader + " does not have the same number of indices for each head");
        }
        this.leader = leader;
        this.units = Math.toIntExact(units);
        this.links = links;
        links.heads(leader);
        tie(leader);
    }

    /// An axis that has as many indices for each unit, unit by unit.
    void tie(Axis axis) {
        tie(axis, 0, axis.size());
    }

    /// A part of an axis, from `offset` on, that has so.
    void tie(Axis axis, long offset, long size) {
        if (size % units != 0) {
            throw new UnsupportedFormException(axis + " does not have the same number of indices for each head");
        }
        int[] indices = new int[Math.toIntExact(size)];
        int[] leaders = new int[indices.length];
        long width = size / units;
        for (int i = 0; i < indices.length; i++) {
            indices[i] = Math.toIntExact(offset + i);
            leaders[i] = Math.toIntExact(i / width * (leader.size() / units));
        }
        links.tie(axis, indices, leader, leaders);
    }
}
