package dev.espalier.pruning.channels;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/// Links of a reshaping, from its [Digits].
final class MovedAxes {
    private final ChannelTensor in;
    private final ChannelTensor out;
    private final ChannelLinks links;

    private MovedAxes(ChannelTensor in, ChannelTensor out, ChannelLinks links) {
        this.in = in;
        this.out = out;
        this.links = links;
    }

    /// Links the axes of `in` with those of `out`.
    ///
    /// @param way what happens on the way: from sizes of the input, those of the run that gave them
    static void link(
            ChannelTensor in,
            ChannelTensor out,
            Function<Function<ChannelTensor, long[]>, Digits> way,
            ChannelLinks links) {
        new MovedAxes(in, out, links).link(way);
    }

    private void link(Function<Function<ChannelTensor, long[]>, Digits> way) {
        Digits digits = way.apply(tensor -> tensor.sizes().sizes());
        Digits others = way.apply(tensor -> tensor.sizes().others());
        digits.brokenIn().forEach(axis -> links.freeze(in.axis(axis), "cut across by"));
        digits.brokenOut().forEach(axis -> links.freeze(out.axis(axis), "cut across by"));
        List<Digits.Digit> left = new ArrayList<>(digits.digits());
        while (!left.isEmpty()) {
            List<Digits.Digit> component = component(left);
            left.removeAll(component);
            if (dependsOnSizes(component, others.digits())) {
                component.forEach(digit -> {
                    links.freeze(in.axis(digit.inAxis()), "taken apart in a way that varies with the input by");
                    links.freeze(out.axis(digit.outAxis()), "put together in a way that varies with the input by");
                });
            } else {
                link(component);
            }
        }
    }

    /// The digits that share axes with the first one.
    private static List<Digits.Digit> component(List<Digits.Digit> all) {
        Set<Integer> ins = new HashSet<>();
        Set<Integer> outs = new HashSet<>();
        List<Digits.Digit> component = new ArrayList<>();
        component.add(all.getFirst());
        for (int before = 0; before < component.size(); ) {
            before = component.size();
            component.forEach(digit -> {
                ins.add(digit.inAxis());
                outs.add(digit.outAxis());
            });
            for (Digits.Digit digit : all) {
                if (!component.contains(digit) && (ins.contains(digit.inAxis()) || outs.contains(digit.outAxis()))) {
                    component.add(digit);
                }
            }
        }
        return component;
    }

    /// Whether an axis of fixed size is taken apart differently when others have another size.
    private boolean dependsOnSizes(List<Digits.Digit> component, List<Digits.Digit> others) {
        return component.stream()
                .filter(digit ->
                        in.sizes().isFixed(digit.inAxis()) && out.sizes().isFixed(digit.outAxis()))
                .anyMatch(digit -> !others.contains(digit));
    }

    private void link(List<Digits.Digit> component) {
        Digits.Digit first = component.getFirst();
        boolean isOnePair =
                component.stream().allMatch(d -> d.inAxis() == first.inAxis() && d.outAxis() == first.outAxis());
        if (!isOnePair) {
            links.choose(in, out, component);
            return;
        }
        // All digits of one axis stay on one axis: a permutation, of which every index is free.
        Axis from = in.axis(first.inAxis());
        Axis to = out.axis(first.outAxis());
        int[] source = new int[Math.toIntExact(to.size())];
        for (int index = 0; index < source.length; index++) {
            long place = 0;
            for (Digits.Digit digit : component) {
                place += index / digit.outStride() % digit.size() * digit.inStride();
            }
            source[index] = Math.toIntExact(place);
        }
        links.move(from, to, source);
    }
}
