package dev.espalier.pruning.channels;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What the slices of a stored tensor along an axis are.
final class StoredSlices {
    private StoredSlices() {}

    /// For each slice the number that all its elements are; NaN if they are not.
    static double[] uniform(Axis axis, ChannelLinks links) {
        double[] uniform = new double[Math.toIntExact(links.sizeOf(axis))];
        boolean[] isSeen = new boolean[uniform.length];
        double[] elements = Elements.of(axis.tensor().source().constant().orElseThrow());
        SliceIndex slices = SliceIndex.along(axis, links);
        for (int at = 0; at < elements.length; at++) {
            int slice = slices.of(at);
            uniform[slice] = isSeen[slice] && uniform[slice] != elements[at] ? Double.NaN : elements[at];
            isSeen[slice] = true;
        }
        return uniform;
    }

    /// A digest of each slice's elements: equal for equal ones.
    static List<Object> digests(Axis axis, ChannelLinks links) {
        double[] elements = Elements.of(axis.tensor().source().constant().orElseThrow());
        SliceIndex slices = SliceIndex.along(axis, links);
        MessageDigest[] digests = new MessageDigest[Math.toIntExact(links.sizeOf(axis))];
        Arrays.setAll(digests, i -> digest());
        byte[] bytes = new byte[Double.BYTES];
        for (int at = 0; at < elements.length; at++) {
            ByteBuffer.wrap(bytes).putDouble(elements[at] == 0 ? 0 : elements[at]);
            digests[slices.of(at)].update(bytes);
        }
        List<Object> all = new ArrayList<>();
        for (MessageDigest digest : digests) {
            all.add(ByteBuffer.wrap(digest.digest()));
        }
        return all;
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
