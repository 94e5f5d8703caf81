"""Writes the ONNX standard's own tests as files: for each case a folder with model.onnx and its data sets, in folders
test_data_set_N the files input_N.pb and output_N.pb, in the order of the graph's inputs (those without a default) and outputs.

usage: standard_graphs.py FOLDER    (needs the package onnx)
"""

import pathlib
import shutil
import sys

import numpy
import onnx
from onnx import numpy_helper
from onnx.backend.test.loader import load_model_tests

DATA = pathlib.Path(onnx.__file__).parent / "backend" / "test" / "data"


def message(value, declared):
    """What a data set holds for an input or output of the declared type."""
    kind = declared.type.WhichOneof("value")
    if kind == "map_type":
        return numpy_helper.from_dict(value, declared.name)
    if kind == "sequence_type":
        return numpy_helper.from_list(value, declared.name)
    if kind == "optional_type":
        return numpy_helper.from_optional(value, declared.name)
    if isinstance(value, onnx.TensorProto):
        return value
    return numpy_helper.from_array(numpy.asarray(value), declared.name)


def write_values(folder, role, values, declared):
    for i, value in enumerate(values):
        (folder / f"{role}_{i}.pb").write_bytes(message(value, declared[i]).SerializeToString())


def write_operators(folder):
    """The cases of single operators, which the package makes when it is asked for them."""
    cases = load_model_tests(kind="node")
    for case in cases:
        target = folder / "operators" / case.name
        for i, (inputs, outputs) in enumerate(case.data_sets):
            data_set = target / f"test_data_set_{i}"
            data_set.mkdir(parents=True)
            write_values(data_set, "input", inputs, case.model.graph.input)
            write_values(data_set, "output", outputs, case.model.graph.output)
        onnx.save(case.model, target / "model.onnx")
    return len(cases)


def copy_files(folder):
    """The cases that the package brings as files."""
    models = sorted(DATA.glob("*/*/model.onnx"))
    for model in models:
        shutil.copytree(model.parent, folder / model.parent.relative_to(DATA))
    return len(models)


def copy_light(folder):
    """Well-known networks, with the outputs for the input that the package's runner makes up: i/n for element i of n."""
    models = sorted((DATA / "light").glob("*.onnx"))
    for file in models:
        target = folder / "light" / file.stem
        data_set = target / "test_data_set_0"
        data_set.mkdir(parents=True)
        shutil.copy(file, target / "model.onnx")
        for output in file.parent.glob(f"{file.stem}_output_*.pb"):
            shutil.copy(output, data_set / output.name.removeprefix(f"{file.stem}_"))
        graph = onnx.load(file).graph
        constants = {constant.name for constant in graph.initializer}
        fed = [value for value in graph.input if value.name not in constants]
        shapes = [[dim.dim_value or 1 for dim in value.type.tensor_type.shape.dim] for value in fed]
        sizes = [numpy.prod(shape) for shape in shapes]
        inputs = [(numpy.arange(n) / n).astype(numpy.float32).reshape(s) for n, s in zip(sizes, shapes)]
        write_values(data_set, "input", inputs, fed)
    return len(models)


def main(folder):
    count = write_operators(folder) + copy_files(folder) + copy_light(folder)
    print(f"{count} graphs in {folder}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]))
