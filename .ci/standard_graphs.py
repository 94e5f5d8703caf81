"""Writes the graphs of the ONNX standard's own tests as files: one model.onnx in a folder for each case.

usage: standard_graphs.py FOLDER    (needs the package onnx)
"""

import pathlib
import shutil
import sys

import onnx
from onnx.backend.test.loader import load_model_tests


def main(folder):
    operators = load_model_tests(kind="node")
    for case in operators:
        target = folder / "operators" / case.name
        target.mkdir(parents=True)
        onnx.save(case.model, target / "model.onnx")
    # The package brings further cases as files.
    data = pathlib.Path(onnx.__file__).parent / "backend" / "test" / "data"
    files = sorted(data.glob("*/*/model.onnx"))
    for file in files:
        target = folder / file.parent.relative_to(data)
        target.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)
    print(f"{len(operators) + len(files)} graphs in {folder}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]))
