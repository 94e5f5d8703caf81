"""Lets one tool read a model and write another: resave.py TOOL IN OUT.

A copy of what it wrote is kept in the folder `saved` beside IN or, if the tool failed, its complaint.
"""

import os
import shutil
import subprocess
import sys
import traceback
from functools import partial
from pathlib import Path

import numpy as np
import onnx

SEED = 0


class RandomCalibration:
    """Eight batches of random images, as the samples have them: f32 [4,1,8,8] in 0..1."""

    def __init__(self):
        generator = np.random.default_rng(SEED)
        self.batches = iter([{"input": generator.random((4, 1, 8, 8), dtype=np.float32)} for _ in range(8)])

    def get_next(self):
        return next(self.batches, None)


def save(source, target):
    onnx.save(onnx.load(source), target)


def version_converter(source, target):
    from onnx import version_converter

    onnx.save(version_converter.convert_version(onnx.load(source), 21), target)


def quantize_dynamic(source, target, weight_type="QInt8"):
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(source, target, weight_type=QuantType[weight_type])


def quantize_static(source, target, form="QDQ", weight_type="QInt8", **options):
    from onnxruntime.quantization import QuantFormat, QuantType, quantize_static

    options["weight_type"] = QuantType[weight_type]
    options["activation_type"] = QuantType.QUInt8 if weight_type == "QUInt8" else QuantType.QInt8
    quantize_static(source, target, RandomCalibration(), quant_format=QuantFormat[form], **options)


def matmul_nbits(source, target, is_symmetric=True, form="QOperator"):
    from onnxruntime.quantization import QuantFormat
    from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

    options = {"is_symmetric": is_symmetric, "quant_format": QuantFormat[form]}
    quantizer = MatMulNBitsQuantizer(onnx.load(source), block_size=32, **options)
    quantizer.process()
    quantizer.model.save_model_to_file(target, False)


def float16_common(source, target):
    from onnxconverter_common import float16

    onnx.save(float16.convert_float_to_float16(onnx.load(source)), target)


def float16_transformers(source, target):
    from onnxruntime.transformers import float16

    onnx.save(float16.convert_float_to_float16(onnx.load(source)), target)


def onnxsim(source, target):
    from onnxsim import simplify

    model, is_equal = simplify(onnx.load(source))
    if not is_equal:
        raise ValueError("it says that its result is not equal")
    onnx.save(model, target)


def onnxslim(source, target):
    import onnxslim as slim

    slim.slim(source, target)


def onnxoptimizer(source, target):
    import onnxoptimizer as optimizer

    onnx.save(optimizer.optimize(onnx.load(source)), target)


def polygraphy(source, target):
    program = Path(sys.executable).with_name("polygraphy")
    command = [program, "surgeon", "sanitize", source, "--fold-constants", "-o", target]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        lines = (result.stdout + result.stderr).strip().splitlines()
        errors = [line for line in lines if "[E]" in line or "Error" in line]
        raise RuntimeError((errors or lines or ["no message"])[0])


TOOLS = {
    "onnx.save": save,
    "onnx.version_converter": version_converter,
    "quantize_dynamic": quantize_dynamic,
    "quantize_dynamic:uint8": partial(quantize_dynamic, weight_type="QUInt8"),
    "quantize_static": quantize_static,
    "quantize_static:per_channel": partial(quantize_static, per_channel=True),
    "quantize_static:uint8": partial(quantize_static, weight_type="QUInt8"),
    "quantize_static:QOperator": partial(quantize_static, form="QOperator"),
    "quantize_static:int4": partial(quantize_static, weight_type="QInt4"),
    "MatMulNBitsQuantizer": matmul_nbits,
    "MatMulNBitsQuantizer:asymmetric": partial(matmul_nbits, is_symmetric=False),
    "MatMulNBitsQuantizer:QDQ": partial(matmul_nbits, form="QDQ"),
    "onnxconverter_common.float16": float16_common,
    "onnxruntime.transformers.float16": float16_transformers,
    "onnxsim": onnxsim,
    "onnxslim": onnxslim,
    "onnxoptimizer": onnxoptimizer,
    "polygraphy": polygraphy,
}


def main():
    if sys.argv[1:] == ["--list"]:
        print("\n".join(TOOLS))
        return
    tool, source, target = sys.argv[1:]
    folder = Path(source).parent / "saved"
    folder.mkdir(exist_ok=True)
    kept = folder / f"{Path(source).stem}.{tool}"
    try:
        os.chdir(Path(target).parent)
        TOOLS[tool](source, target)
        shutil.copyfile(target, f"{kept}.onnx")
    except BaseException as e:
        Path(f"{kept}.log").write_text(traceback.format_exc())
        first = (str(e).strip() or type(e).__name__).splitlines()[0]
        Path(f"{kept}.txt").write_text(f"{type(e).__name__}: {first}"[:160])
        raise


if __name__ == "__main__":
    main()
