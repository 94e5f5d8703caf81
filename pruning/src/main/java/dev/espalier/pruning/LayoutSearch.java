package dev.espalier.pruning;

import dev.espalier.onnx.Attribute;
import dev.espalier.onnx.Node;
import dev.espalier.pruning.WeightLayout.Axis;
import dev.espalier.pruning.WeightLayout.Found;
import dev.espalier.pruning.WeightLayout.Role;
import dev.espalier.sparse.Grid;
import dev.espalier.sparse.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/// Finds the layout of a weight: the axes that the operator gives a meaning, followed back to where the weight is
/// stored.
final class LayoutSearch {
    private static final Set<String> CONVOLUTIONS =
            Set.of("Conv", "DeformConv", "QLinearConv", "ConvInteger", "FusedConv");
    private static final Set<String> GEMMS = Set.of("Gemm", "FusedGemm", "QGemm", "FusedMatMul", "TransposeMatMul");
    private static final Set<String> PRODUCTS = Set.of(
            "MatMul",
            "QLinearMatMul",
            "MatMulInteger",
            "MatMulIntegerToFloat",
            "DynamicQuantizeMatMul",
            "FusedMatMulActivation",
            "GemmFastGelu",
            "Attention",
            "QAttention",
            "PackedAttention",
            "DecoderMaskedSelfAttention");
    private static final Set<String> RECURRENT = Set.of("LSTM", "GRU", "RNN");
    private static final Set<String> RESHAPING = Set.of("Reshape", "Flatten", "Squeeze", "Unsqueeze");

    private LayoutSearch() {}

    static Found of(Weight weight) {
        if (weight.chains().isEmpty()) {
            return Found.none("which of its axes " + weight.node().operator() + " sums over is not known");
        }
        Found found = of(weight.chains().getFirst(), weight.shape());
        for (WeightChain chain : weight.chains()) {
            Found here = of(chain, weight.shape());
            if (here.layout().isEmpty()) {
                return here;
            }
            if (!found.equals(here)) {
                return Found.none("operators sum over different axes of it");
            }
        }
        return found;
    }

    private static Found of(WeightChain chain, Shape shape) {
        List<Integer> axes =
                new ArrayList<>(IntStream.range(0, shape.rank()).boxed().toList());
        for (Node node : chain.handedOnBy()) {
            if (RESHAPING.contains(node.operator())) {
                return Found.none("it is reshaped (" + node.operator() + ") before "
                        + chain.node().operator() + " reads it");
            }
            if (node.isOperator("Transpose")) {
                axes = permuted(axes, node);
            }
        }
        List<Role> roles = roles(chain.node(), chain.operand().input(), shape.rank());
        if (roles.isEmpty()) {
            return Found.none("which of its axes " + chain.node().operator() + " sums over is not known");
        }
        // From the order in which the operator sees the axes to that in which they are stored.
        List<Role> stored = new ArrayList<>(Collections.nCopies(shape.rank(), Role.BATCH));
        for (int i = 0; i < shape.rank(); i++) {
            stored.set(axes.get(i), roles.get(i));
        }
        return Found.of(layout(shape, stored, chain.node()));
    }

    private static List<Integer> permuted(List<Integer> axes, Node transpose) {
        Optional<Attribute> perm = transpose.attribute("perm");
        if (perm.orElse(null) instanceof Attribute.Ints(String name, List<Long> order)
                && order.stream()
                        .sorted()
                        .toList()
                        .equals(IntStream.range(0, axes.size())
                                .mapToObj(i -> (long) i)
                                .toList())) {
            return order.stream().map(i -> axes.get(i.intValue())).toList();
        }
        return axes.reversed();
    }

    /// What the axes of this input are; empty if it is not known.
    private static List<Role> roles(Node node, int input, int rank) {
        if (CONVOLUTIONS.contains(node.operator()) && rank >= 3) {
            return with(Role.INPUT_KERNEL, rank, 0, Role.OUTPUT, 1, Role.INPUT);
        }
        if (node.operator().equals("ConvTranspose") && rank >= 3) {
            return with(Role.OUTPUT_KERNEL, rank, 0, Role.INPUT, 1, Role.OUTPUT);
        }
        if (node.operator().equals("MatMulNBits") && rank == 2) {
            return with(Role.BATCH, rank, 0, Role.OUTPUT, 1, Role.INPUT);
        }
        if (RECURRENT.contains(node.operator()) && rank == 3) {
            return with(Role.BATCH, rank, 1, Role.OUTPUT, 2, Role.INPUT);
        }
        boolean isBatchTransposed =
                node.intAttribute("transBatchA", 0) != 0 || node.intAttribute("transBatchB", 0) != 0;
        boolean isProduct = GEMMS.contains(node.operator()) || PRODUCTS.contains(node.operator());
        if (!isProduct || rank < 2 || isBatchTransposed) {
            return List.of();
        }
        boolean isLeft = input == 0;
        boolean isTransposed =
                GEMMS.contains(node.operator()) && node.intAttribute(isLeft ? "transA" : "transB", 0) != 0;
        // A is [M, K], B is [K, N]; K is summed over.
        int inputs = isLeft == isTransposed ? rank - 2 : rank - 1;
        return with(Role.BATCH, rank, inputs, Role.INPUT, 2 * rank - 3 - inputs, Role.OUTPUT);
    }

    private static List<Role> with(Role others, int rank, int a, Role roleOfA, int b, Role roleOfB) {
        Role[] roles = new Role[rank];
        Arrays.fill(roles, others);
        roles[a] = roleOfA;
        roles[b] = roleOfB;
        return List.of(roles);
    }

    /// Of how many groups the input axis has the channels: a Conv weight has those of one group only.
    private static long groups(Node node, long inputs) {
        long groups = node.operator().equals("ConvTranspose") ? node.intAttribute("group", 1) : 1;
        return groups > 0 && inputs % groups == 0 ? groups : 1;
    }

    private static WeightLayout layout(Shape shape, List<Role> roles, Node node) {
        long groups = groups(node, shape.dim(roles.indexOf(Role.INPUT)));
        Grid inputs = grouped(Grid.along(shape, roles.indexOf(Role.INPUT)), groups);
        Grid outputs = Grid.along(shape, roles.indexOf(Role.OUTPUT));
        int first = 0;
        while (roles.get(first) == Role.BATCH) {
            first++;
        }
        boolean inputsFirst = roles.get(first).isInput();
        int second = first;
        while (second < roles.size()
                && roles.get(second) != Role.BATCH
                && roles.get(second).isInput() == inputsFirst) {
            second++;
        }
        int from = second;
        boolean isMatrix = IntStream.range(from, roles.size())
                        .allMatch(
                                i -> roles.get(i) != Role.BATCH && roles.get(i).isInput() != inputsFirst)
                && (groups == 1 || inputsFirst);
        Optional<Grid> matrix =
                isMatrix ? Optional.of(grouped(Grid.along(shape, first, second), groups)) : Optional.empty();
        return new WeightLayout(inputs, outputs, matrix, inputsFirst, axes(shape, roles, node));
    }

    /// A convolution in groups has a matrix for each of them: Conv has their outputs one after the other, ConvTranspose
    /// their inputs.
    private static List<Axis> axes(Shape shape, List<Role> roles, Node node) {
        Role grouped = node.operator().equals("ConvTranspose") ? Role.INPUT : Role.OUTPUT;
        long groups = node.intAttribute("group", 1);
        List<Axis> axes = new ArrayList<>();
        for (int i = 0; i < roles.size(); i++) {
            long size = shape.dim(i);
            if (roles.get(i) == grouped && groups > 1 && size % groups == 0) {
                axes.add(new Axis(Role.BATCH, groups));
                size /= groups;
            }
            axes.add(new Axis(roles.get(i), size));
        }
        return axes;
    }

    private static Grid grouped(Grid grid, long groups) {
        return new Grid(grid.outer() * groups, grid.rows() / groups, grid.columns());
    }
}
