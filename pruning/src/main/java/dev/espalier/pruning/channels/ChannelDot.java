package dev.espalier.pruning.channels;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// A picture of which layers share channels, in the language of Graphviz: layers are boxes, groups of
/// channels are circles, and an arrow goes from a layer to the channels that it makes and from channels to a
/// layer that reads them.
public final class ChannelDot {
    private ChannelDot() {}

    /// The text of the picture.
    public static String of(ChannelStructure structure) {
        LayerNames names = new LayerNames(structure);
        List<String> lines = new ArrayList<>();
        lines.add("digraph channels {");
        lines.add("  rankdir=LR; node [fontname=\"sans-serif\"];");
        Map<String, String> boxes = new TreeMap<>();
        for (ChannelGroup group : structure.groups()) {
            String circle = "g" + group.id();
            lines.add("  %s [label=\"%d\", shape=circle];".formatted(circle, group.size()));
            names.layersOf(group).forEach(layer -> lines.add("  %s -> %s;".formatted(box(layer, boxes), circle)));
            names.readersOf(group).forEach(layer -> lines.add("  %s -> %s;".formatted(circle, box(layer, boxes))));
        }
        boxes.forEach((layer, box) -> lines.add("  %s [label=\"%s\", shape=box];".formatted(box, escape(layer))));
        lines.add("}");
        return String.join("\n", lines) + "\n";
    }

    private static String box(String layer, Map<String, String> boxes) {
        return boxes.computeIfAbsent(layer, l -> String.format(Locale.ROOT, "n%d", boxes.size()));
    }

    private static String escape(String name) {
        return name.replace("\\", "\\\\").replace("\"", "\\\"");
    }
}
