package dev.espalier.pruning.channels;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Sums of products by letters: axes of the same letter go together, and letters that the output lacks are
/// summed over.
final class EinsumRule implements ChannelRule {
    @Override
    public List<String> operators() {
        return List.of("Einsum");
    }

    @Override
    public boolean multiplies(ChannelOp op) {
        return op.inputCount() == 2;
    }

    @Override
    public void link(ChannelOp op, ChannelLinks links) {
        String equation = op.text("equation", "").replace(" ", "");
        int arrow = equation.indexOf("->");
        if (arrow < 0 || equation.contains(".")) {
            throw new UnsupportedFormException("its equation is not of plain letters with an output");
        }
        List<String> terms = List.of(equation.substring(0, arrow).split(",", -1));
        Map<Character, List<Axis>> axes = new HashMap<>();
        for (int i = 0; i < op.inputCount(); i++) {
            links.weight(op.in(i));
            collect(op.in(i), terms.get(i), axes);
        }
        Map<Character, List<Axis>> made = new HashMap<>();
        collect(op.out(0), equation.substring(arrow + 2), made);
        axes.forEach((letter, all) -> link(op, all, made.getOrDefault(letter, List.of()), links));
    }

    private static void collect(ChannelTensor tensor, String letters, Map<Character, List<Axis>> axes) {
        if (letters.length() != tensor.rank()) {
            throw new UnsupportedFormException("its equation does not fit '" + tensor + "'");
        }
        for (int axis = 0; axis < tensor.rank(); axis++) {
            axes.computeIfAbsent(letters.charAt(axis), l -> new ArrayList<>()).add(tensor.axis(axis));
        }
    }

    private static void link(ChannelOp op, List<Axis> read, List<Axis> made, ChannelLinks links) {
        for (Axis axis : read) {
            made.forEach(out -> links.align(axis, out));
        }
        if (made.isEmpty() && read.size() == 2) {
            links.contract(op, read.getFirst(), read.getLast());
        } else if (made.isEmpty()) {
            read.forEach(axis -> {
                links.align(read.getFirst(), axis);
                links.sum(op, axis);
            });
        }
    }
}
