"""Holds packed weights against the ONNX standard: its checker, its type and shape inference, its reference evaluator.

usage: packed_check.py ESPALIER FOLDER    (needs the package onnx)

Prunes the samples, and models made here that have weights of every type and place, with the launcher ESPALIER, to every
packed encoding, also with `--values f16` and `i8`. Each file has to pass the checker and strict inference; the weights that the reference evaluator
decodes, those that numpy makes of the parts as docs/formats has it, and those of the same run with `--encoding dense`
have to be equal bit for bit, and so have the outputs. Where `auto` takes the standard's own sparse tensors for some
weights, inference refuses these at every operator: such a file goes through the checker without inference, and only its
packed weights are compared.
"""

import itertools
import pathlib
import subprocess
import sys

import ml_dtypes
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator
from onnx.reference.op_run import OpRun

# Options of `prune`, with the encodings to take; that of a pattern is taken where a weight follows it.
RUNS = [(["-s", sparsity], ["gap", "bitmap", "auto"]) for sparsity in ["0.5", "0.8", "0.95"]] + [
    (["--pattern", "2:4"], ["nofm", "auto"]),
    (["--pattern", "1:3"], ["nofm"]),
    (["--pattern", "block:2x3", "-s", "0.6"], ["blocks", "auto"]),
    (["--pattern", "block:1x5", "-s", "0.9"], ["blocks"]),
]
# The same with values that were rounded.
ROUNDED_RUNS = [
    (["-s", "0.8"], ["gap", "bitmap"]),
    (["--pattern", "2:4"], ["nofm"]),
    (["--pattern", "block:2x3", "-s", "0.6"], ["blocks"]),
]
FORMS = ["gap", "bitmap", "nofm", "blocks"]
SAMPLES = pathlib.Path(__file__).parent.parent / "samples"
RANDOM = np.random.default_rng(2)
# From this version on, every element type has all encodings.
ALL_TYPES_OPSET = 20


def weight(name, dtype, *shape):
    return numpy_helper.from_array(RANDOM.standard_normal(shape).astype(dtype), name)


def value(name, element_type, *shape):
    return helper.make_tensor_value_info(name, element_type, shape)


def save(folder, name, opset, ir_version, nodes, inputs, outputs, initializers):
    graph = helper.make_graph(nodes, name, inputs, outputs, initializers)
    opsets = [helper.make_opsetid("", opset)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=ir_version)
    onnx.checker.check_model(model, full_check=True)
    file = folder / f"{name}.onnx"
    onnx.save(model, file)
    return file


def typed_model(folder, opset, ir_version):
    """A weight of each type."""
    nodes, inputs, outputs, weights = [], [], [], []
    types = [("f32", np.float32), ("f64", np.float64), ("f16", np.float16)]
    if opset >= 13:
        types.append(("bf16", ml_dtypes.bfloat16))
    for label, dtype in types:
        element_type = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
        weights.append(weight(f"{label}.weight", dtype, 45, 37))
        inputs.append(value(f"{label}.x", element_type, 2, 45))
        outputs.append(value(f"{label}.y", element_type, 2, 37))
        nodes.append(helper.make_node("MatMul", [f"{label}.x", f"{label}.weight"], [f"{label}.y"]))
    # The evaluator has DequantizeLinear from opset 19 on only, and this from the beginning.
    inputs.append(value("q.x", TensorProto.UINT8, 2, 45))
    weights.append(numpy_helper.from_array(np.uint8(3), "q.zero"))
    for label, dtype, zero in [("i8", np.int8, 0), ("u8", np.uint8, 128)]:
        stored = (RANDOM.integers(-127, 128, (45, 40)) + zero).astype(dtype)
        weights.append(numpy_helper.from_array(stored, f"{label}.weight"))
        weights.append(numpy_helper.from_array(dtype(zero), f"{label}.zero"))
        outputs.append(value(f"{label}.y", TensorProto.INT32, 2, 40))
        operands = ["q.x", f"{label}.weight", "q.zero", f"{label}.zero"]
        nodes.append(helper.make_node("MatMulInteger", operands, [f"{label}.y"]))
    return save(folder, f"types-{opset}", opset, ir_version, nodes, inputs, outputs, weights)


def placed_model(folder, opset, ir_version):
    """Weights in branches, and in a Constant node; one branch has the names that the other's parts would take."""
    branches = []
    for role in ["then", "else"]:
        nodes = [helper.make_node("MatMul", ["x", "w"], ["w.values" if role == "else" else "m"])]
        outputs = [value(nodes[0].output[0], TensorProto.FLOAT, 2, 33)]
        branches.append(helper.make_graph(nodes, role, [], outputs, [weight("w", np.float32, 45, 33)]))
    nodes = [
        helper.make_node("If", ["c"], ["y"], then_branch=branches[0], else_branch=branches[1]),
        helper.make_node("Constant", [], ["v"], value=weight("", np.float32, 33, 41)),
        helper.make_node("MatMul", ["y", "v"], ["z"]),
    ]
    inputs = [value("c", TensorProto.BOOL), value("x", TensorProto.FLOAT, 2, 45)]
    outputs = [value("z", TensorProto.FLOAT, 2, 41)]
    return save(folder, f"places-{opset}-{ir_version}", opset, ir_version, nodes, inputs, outputs, [])


def old_model(folder):
    """A weight in a Constant node of a file so old that every initializer has to be an input."""
    nodes = [
        helper.make_node("Constant", [], ["w"], value=weight("", np.float32, 45, 33)),
        helper.make_node("MatMul", ["x", "w"], ["y"]),
    ]
    ports = [value("x", TensorProto.FLOAT, 2, 45)], [value("y", TensorProto.FLOAT, 2, 33)]
    return save(folder, "old", 11, 3, nodes, *ports, [])


class GatherElements(OpRun):
    """The evaluator's own gathers from no more than 64 elements."""

    op_domain = ""

    def _run(self, data, indices, axis=None):
        return (np.take_along_axis(data, indices.astype(np.int64), axis or 0),)


def evaluate(model, names, feeds):
    return ReferenceEvaluator(model, new_ops=[GatherElements]).run(names, feeds)


def dense_weights(graph):
    """The initializers, and the tensors of Constant nodes under the names of their outputs."""
    yield from graph.initializer
    for node in graph.node:
        if node.op_type == "Constant":
            tensor = TensorProto()
            tensor.CopyFrom(node.attribute[0].t)
            tensor.name = node.output[0]
            yield tensor


def numpy_groups(parts, graph, dense):
    """As docs/formats/nofm.md has it, without the table."""
    name = dense.name
    groups, size = parts[f"{name}.length"]
    keep = parts[f"{name}.values"].shape[1]
    columns = parts[f"{name}.split"][1] if f"{name}.split" in parts else 1
    sets = sorted(itertools.combinations(range(size), keep), key=lambda places: sum(1 << place for place in places))
    per_byte = max(k for k in range(1, 9) if len(sets) ** k <= 256)
    (zeros,) = [node for node in graph.node if list(node.output) == [f"{name}.zeros"]]
    (zero,) = numpy_helper.to_array(zeros.attribute[0].t)
    elements = np.full((groups // columns, size, columns), zero)
    for group, values in enumerate(parts[f"{name}.values"]):
        number = int(parts[f"{name}.codes"][group // per_byte]) // len(sets) ** (group % per_byte) % len(sets)
        elements[group // columns, sets[number], group % columns] = values
    return elements.reshape(dense.dims)


def numpy_blocks(parts, dense):
    """As docs/formats/blocks.md has it."""
    name = dense.name
    down, across, height, width = parts[f"{name}.split"]
    rows, columns = parts.get(f"{name}.edges", (down * height, across * width))
    bits = np.unpackbits(parts[f"{name}.bitmap"].ravel(), bitorder="little")[: down * across]
    stored = parts[f"{name}.values"]
    padded = np.empty((down * height, across * width), stored.dtype)
    next_block = 1
    for block in range(down * across):
        top, left = block // across * height, block % across * width
        padded[top : top + height, left : left + width] = stored[next_block if bits[block] else 0].reshape(height, width)
        next_block += int(bits[block])
    return padded[:rows, :columns].reshape(dense.dims)


def numpy_decoded(graph, dense):
    """Of one dense initializer: what numpy makes of its parts, and the encoding; None where it is not packed."""
    parts = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    name = dense.name
    is_narrow = any(list(node.output) == [f"{name}.wide"] for node in graph.node)
    if is_narrow:
        parts[f"{name}.values"] = parts[f"{name}.values"].astype(numpy_helper.to_array(dense).dtype)
    elements, form = numpy_unscaled(parts, graph, dense)
    if elements is not None and f"{name}.scales" in parts:
        steps = elements.reshape(parts[f"{name}.channels"])
        elements = (steps * parts[f"{name}.scales"]).reshape(dense.dims)
    return elements, form + "-narrow" if is_narrow else form


def numpy_unscaled(parts, graph, dense):
    """The same before the steps of output channels are multiplied by their scales."""
    name = dense.name
    count = int(np.prod(dense.dims, dtype=np.int64))
    if f"{name}.gaps" in parts:
        (zeros,) = [node for node in graph.node if list(node.output) == [f"{name}.zeros"]]
        (zero,) = numpy_helper.to_array(zeros.attribute[0].t)
        elements = np.full(count, zero)
        elements[np.cumsum(parts[f"{name}.gaps"], dtype=np.int64)] = parts[f"{name}.values"]
        return elements.reshape(dense.dims), "gap"
    if f"{name}.codes" in parts:
        return numpy_groups(parts, graph, dense), "nofm"
    if f"{name}.split" in parts:
        return numpy_blocks(parts, dense), "blocks"
    if f"{name}.bitmap" in parts:
        bits = np.unpackbits(parts[f"{name}.bitmap"].ravel(), bitorder="little")[:count]
        stored = parts[f"{name}.values"]
        elements = np.full(count, stored[0])
        elements[bits == 1] = stored[1:]
        return elements.reshape(dense.dims), "bitmap"
    return None, None


def require_same(what, actual, expected):
    actual, expected = np.asarray(actual), np.asarray(expected)
    if (actual.dtype, actual.shape) != (expected.dtype, expected.shape):
        sys.exit(f"{what}: {actual.dtype} {actual.shape} instead of {expected.dtype} {expected.shape}")
    if actual.tobytes() != expected.tobytes():
        sys.exit(f"{what}: other bits")


def require_close(what, actual, expected):
    """Where edges are cut off, numpy has a view of the weight, over which it sums in another order."""
    actual, expected = np.asarray(actual, np.float64), np.asarray(expected, np.float64)
    if not np.allclose(actual, expected, rtol=0, atol=1e-2 * np.abs(expected).max()):
        sys.exit(f"{what}: other numbers")


def random_inputs(graph):
    feeds = {}
    for port in graph.input:
        tensor = port.type.tensor_type
        shape = [dim.dim_value or 2 for dim in tensor.shape.dim]
        dtype = helper.tensor_dtype_to_np_dtype(tensor.elem_type)
        # One branch for all runs: the others are seen by the checker.
        if dtype == np.uint8:
            feeds[port.name] = RANDOM.integers(0, 256, shape).astype(dtype)
        else:
            feeds[port.name] = np.ones(shape, dtype) if dtype == bool else RANDOM.standard_normal(shape).astype(dtype)
    return feeds


def run(espalier, *words, out):
    command = [str(word) for word in (espalier, *words, "-o", out, "--force")]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return onnx.load(out)


def has_sparse_tensors(graph):
    bodies = [attribute.g for node in graph.node for attribute in node.attribute if attribute.HasField("g")]
    in_nodes = any(attribute.HasField("sparse_tensor") for node in graph.node for attribute in node.attribute)
    return bool(graph.sparse_initializer) or in_nodes or any(map(has_sparse_tensors, bodies))


def require_all_packed(what, encoding, model, packed):
    if not packed:
        sys.exit(f"{what}: nothing is packed")
    for tensor in model.graph.initializer:
        too_new = (
            encoding == "gap"
            and tensor.data_type == TensorProto.BFLOAT16
            and model.opset_import[0].version < ALL_TYPES_OPSET
        )
        if tensor.name.endswith("weight") and len(tensor.dims) > 1 and not too_new:
            sys.exit(f"{what}: {tensor.name} is not packed")
    bodies = [attribute.g for node in model.graph.node for attribute in node.attribute if attribute.HasField("g")]
    for body in bodies:
        if [node.op_type for node in body.node].count("CumSum") != 1:
            sys.exit(f"{what}: the weight in {body.name} is not packed")


def check_exact(espalier, file, options, encodings, folder):
    """Returns the encoding of each weight that was compared."""
    dense = run(espalier, "prune", file, *options, "--encoding", "dense", out=folder / "dense.onnx")
    seen = []
    for encoding in encodings:
        out = folder / "packed.onnx"
        run(espalier, "prune", file, *options, "--encoding", encoding, out=out)
        seen += check(f"{file.name}, {' '.join(options)}, as {encoding}", encoding, dense, out)
    return seen


def check_rounded(espalier, file, options, encodings, folder):
    """The same with values that were rounded, against the dense form of what was written."""
    seen = []
    for encoding, values in itertools.product(encodings, ["f16", "i8"]):
        out = folder / "packed.onnx"
        run(espalier, "prune", file, *options, "--encoding", encoding, "--values", values, out=out)
        dense = run(espalier, "export", out, "--encoding", "dense", out=folder / "dense.onnx")
        seen += check(f"{file.name}, {' '.join(options)}, as {encoding} of {values}", encoding, dense, out)
    return seen


def check(what, encoding, dense, out):
    """Returns the encoding of each weight that was compared."""
    model = onnx.load(out)
    feeds = random_inputs(dense.graph)
    names = [output.name for output in dense.graph.output]
    is_sparse = has_sparse_tensors(model.graph)
    if is_sparse and encoding != "auto":
        sys.exit(f"{what}: there are sparse tensors")
    onnx.checker.check_model(str(out), full_check=not is_sparse)
    packed, seen = {}, []
    for tensor in dense_weights(dense.graph):
        decoded, form = numpy_decoded(model.graph, tensor)
        if decoded is not None:
            require_same(f"{what}, {tensor.name} by numpy", decoded, numpy_helper.to_array(tensor))
            packed[tensor.name] = decoded
            seen.append(form)
    if encoding in ("gap", "bitmap"):
        require_all_packed(what, encoding, model, packed)
    if is_sparse:
        return seen
    inferred = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True)
    declared = {info.name: info for info in inferred.graph.value_info}
    for name in packed:
        model.graph.output.append(declared[name])
    expected = evaluate(dense, names, feeds) + list(packed.values())
    outputs = evaluate(model, names + list(packed), feeds)
    for name, actual, wanted in zip(names + list(packed), outputs, expected, strict=True):
        is_view = name in names and encoding == "blocks"
        require = require_close if is_view else require_same
        require(f"{what}, {name} by the reference evaluator", actual, wanted)
    return seen


def main(espalier, folder):
    folder.mkdir(parents=True, exist_ok=True)
    files = sorted(SAMPLES.glob("*.onnx"))
    if not files:
        sys.exit(f"no samples in {SAMPLES}")
    newest = onnx.defs.onnx_opset_version()
    for opset, ir_version in [(11, 6), (13, 7), (ALL_TYPES_OPSET, 9), (newest, onnx.IR_VERSION)]:
        files.append(typed_model(folder, opset, ir_version))
        files.append(placed_model(folder, opset, ir_version))
    files.append(old_model(folder))
    seen = []
    for file in files:
        for options, encodings in RUNS:
            seen += check_exact(espalier, file, options, encodings, folder)
        for options, encodings in ROUNDED_RUNS:
            seen += check_rounded(espalier, file, options, encodings, folder)
    counts = {form: seen.count(form) for form in FORMS + [f"{form}-narrow" for form in FORMS]}
    if not all(counts.values()):
        sys.exit(f"not every encoding was there: {counts}")
    exact = sum(len(encodings) for _, encodings in RUNS)
    rounded = 2 * sum(len(encodings) for _, encodings in ROUNDED_RUNS)
    print(f"{len(files) * (exact + rounded)} files of packed weights hold against the standard: {counts}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], pathlib.Path(sys.argv[2]))
