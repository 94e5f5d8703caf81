#!/usr/bin/env python3
"""Writes the graph of a decoder of 6.7 billion parameters (the sizes of Llama 2 7B, without rotary embeddings), as sparse as the
file system allows: its 27 GB of external weights are one hole, which take no disk. To see how long looking at channels takes:

    bench/decoder.py FOLDER && /usr/bin/time -v ./espalier inspect --channels FOLDER/decoder.onnx

Needs Python's onnx and numpy."""
import os
import sys

import numpy as np
from onnx import TensorProto, helper, numpy_helper

WIDTH, HEADS, HIDDEN, WORDS, LAYERS, TOKENS = 4096, 32, 11008, 32000, 32, 8
HEAD = WIDTH // HEADS

nodes, initializers, size = [], [], 0


def weight(name, *dims):
    global size
    tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=dims, data_location=TensorProto.EXTERNAL)
    length = 4 * int(np.prod(dims))
    for key, value in (("location", "decoder.data"), ("offset", size), ("length", length)):
        tensor.external_data.add(key=key, value=str(value))
    size += length
    initializers.append(tensor)
    return name


def constant(name, values, dtype):
    initializers.append(numpy_helper.from_array(np.array(values, dtype), name))
    return name


def node(operator, inputs, output, **attributes):
    nodes.append(helper.make_node(operator, inputs, [output], name=output, **attributes))
    return output


def normalized(x, name):
    mean = node("ReduceMean", [node("Pow", [x, "two"], name + "square")], name + "mean", axes=[-1], keepdims=1)
    root = node("Sqrt", [node("Add", [mean, "epsilon"], name + "shifted")], name + "root")
    return node("Mul", [node("Div", [x, root], name + "divided"), weight(name + "weight", WIDTH)], name + "normalized")


def heads(x, name, order):
    split = node("Reshape", [node("MatMul", [x, weight(name + "weight", WIDTH, WIDTH)], name + "all"), "split"], name + "split")
    return node("Transpose", [split], name, perm=order)


def attention(x, name):
    query, value = (heads(x, name + part, [0, 2, 1, 3]) for part in ("query", "value"))
    key = heads(x, name + "key", [0, 2, 3, 1])
    scores = node("Mul", [node("MatMul", [query, key], name + "products"), "scale"], name + "scores")
    mixed = node("MatMul", [node("Softmax", [scores], name + "shares", axis=-1), value], name + "mixed")
    joined = node("Reshape", [node("Transpose", [mixed], name + "back", perm=[0, 2, 1, 3]), "join"], name + "joined")
    return node("MatMul", [joined, weight(name + "output_weight", WIDTH, WIDTH)], name + "output")


def gated(x, name):
    gate = node("MatMul", [x, weight(name + "gate_weight", WIDTH, HIDDEN)], name + "gate")
    up = node("MatMul", [x, weight(name + "up_weight", WIDTH, HIDDEN)], name + "up")
    silu = node("Mul", [gate, node("Sigmoid", [gate], name + "sigmoid")], name + "silu")
    return node("MatMul", [node("Mul", [silu, up], name + "gated"), weight(name + "down_weight", HIDDEN, WIDTH)], name + "down")


folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)
constant("split", [0, 0, HEADS, HEAD], np.int64)
constant("join", [0, 0, WIDTH], np.int64)
constant("scale", HEAD**-0.5, np.float32)
constant("two", 2, np.float32)
constant("epsilon", 1e-5, np.float32)
x = node("Gather", [weight("words", WORDS, WIDTH), "ids"], "embedded")
for layer in range(LAYERS):
    name = f"layer{layer}_"
    x = node("Add", [x, attention(normalized(x, name + "before_attention_"), name)], name + "attended")
    x = node("Add", [x, gated(normalized(x, name + "before_mlp_"), name)], name + "done")
node("MatMul", [normalized(x, "last_"), weight("words_weight", WIDTH, WORDS)], "logits")
graph = helper.make_graph(
    nodes,
    "decoder",
    [helper.make_tensor_value_info("ids", TensorProto.INT64, [1, TOKENS])],
    [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, TOKENS, WORDS])],
    initializers,
)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
with open(os.path.join(folder, "decoder.onnx"), "wb") as file:
    file.write(model.SerializeToString())
with open(os.path.join(folder, "decoder.data"), "wb") as file:
    file.truncate(size)
print(f"{size / 4e9:.2f} billion parameters, {len(nodes)} nodes")
