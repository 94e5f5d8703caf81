package dev.espalier.onnx;

import java.util.LinkedHashSet;
import java.util.Set;

/// Removes nodes from whose outputs no output of their graph can be reached. What is left of their inputs is the
/// business of [RemoveUnusedInitializers].
public final class RemoveDeadNodes implements ModelPass {
    @Override
    public String name() {
        return "remove dead nodes";
    }

    @Override
    public boolean apply(Model model) {
        boolean changed = false;
        for (boolean again = true; again; changed |= again) {
            GraphPatch patch = GraphPatch.labelled(name());
            for (Graph graph : model.allGraphs()) {
                patch.removeNodes(dead(graph));
            }
            // A node that goes may have been the only reader of one in the graph around it.
            again = patch.apply();
        }
        return changed;
    }

    private static Set<Node> dead(Graph graph) {
        Set<Node> dead = new LinkedHashSet<>();
        // Mostly readers stand after what they read, so that backwards one round is enough.
        for (int before = -1; before < dead.size(); ) {
            before = dead.size();
            for (Node node : graph.nodes().reversed()) {
                if (!dead.contains(node) && isDead(node, dead)) {
                    dead.add(node);
                }
            }
        }
        return dead;
    }

    private static boolean isDead(Node node, Set<Node> dead) {
        return node.outputs().stream()
                .allMatch(
                        value -> !value.isOutput() && value.uses().stream().allMatch(use -> dead.contains(use.node())));
    }
}
