"""Writes how many weights torch.nn.utils.prune sets to zero, for TorchCountsTest to hold Espalier against.

    pip install torch
    python .ci/torch_counts.py > pruning/src/test/resources/torch_counts.csv

Each line is: function, amount, dimension and norm (where it has them), then for each weight its shape, how many of its
elements are zero, and how many of its slices along the dimension. The weights are those of `TorchCountsTest.weight`: no
two magnitudes are equal.
"""

import math

import torch
from torch.nn.utils import prune

SHAPES = [(16, 3, 3, 3), (10, 16), (7, 5), (1, 9)]
AMOUNTS = ["0.1", "0.2", "0.25", "0.35", "0.5", "0.65", "0.9", "0.99"]


def weight(shape, layer):
    count = math.prod(shape)
    values = [((7919 * i) % 10007 + 1) / 1024 + layer / 8192 for i in range(count)]
    signs = [-1 if i % 3 == 0 else 1 for i in range(count)]
    return torch.tensor([v * s for v, s in zip(values, signs)], dtype=torch.float32).reshape(shape)


def modules():
    made = []
    for layer, shape in enumerate(SHAPES):
        module = torch.nn.Module()
        module.weight = torch.nn.Parameter(weight(shape, layer))
        made.append(module)
    return made


def line(function, amount, dim, norm, pruned):
    parts = [function, amount, dim, norm]
    for module in pruned:
        mask = module.weight_mask
        slices = ""
        if dim != "":
            slices = int((mask.transpose(0, dim).flatten(1).sum(1) == 0).sum())
        parts += ["x".join(map(str, mask.shape)), int((mask == 0).sum()), slices]
    print(",".join(map(str, parts)))


for amount in AMOUNTS:
    torch.manual_seed(0)
    for function in (prune.l1_unstructured, prune.random_unstructured):
        pruned = modules()
        for module in pruned:
            function(module, "weight", amount=float(amount))
        line(function.__name__, amount, "", "", pruned)
    pruned = modules()
    for module in pruned:
        prune.l1_unstructured(module, "weight", amount=float(amount))
        prune.l1_unstructured(module, "weight", amount=float(amount))
    line("l1_unstructured twice", amount, "", "", pruned)
    pruned = modules()
    prune.global_unstructured(
        [(m, "weight") for m in pruned], pruning_method=prune.L1Unstructured, amount=float(amount)
    )
    line("global_unstructured", amount, "", "", pruned)
    for dim in (0, 1):
        for norm in (1, 2, float("inf")):
            pruned = modules()
            for module in pruned:
                prune.ln_structured(module, "weight", amount=float(amount), n=norm, dim=dim)
            line("ln_structured", amount, dim, norm, pruned)
        pruned = modules()
        for module in pruned:
            prune.random_structured(module, "weight", amount=float(amount), dim=dim)
        line("random_structured", amount, dim, "", pruned)
