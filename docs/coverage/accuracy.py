#!/usr/bin/env python3
"""Removes channels of a model by several methods, without training, and prints the table of accuracies in ../coverage.md.

usage: accuracy.py MODEL DATA PREPROCESS [--espalier ../../espalier]
for instance: accuracy.py resnet8_bn.onnx cifar10_test.npz scale=1/255,mean=.4914:.4822:.4465,std=.2471:.2435:.2616
"""
import argparse
import json
import pathlib
import subprocess
import tempfile

METHODS = ("l1", "l2", "bn-scale", "random")
SHARES = ("0.1", "0.2", "0.3", "0.5")


def espalier(options, *words):
    done = subprocess.run([options.espalier, *words, "--json"], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(words)}: {done.stdout}{done.stderr}")
    return json.loads(done.stdout)


def accuracy(options, model):
    report = espalier(options, "accuracy", model, "--data", options.data, "--preprocess", options.preprocess)
    return f"{100 * report['figures'][0]['value']:.2f}"


def cell(options, method, share):
    with tempfile.TemporaryDirectory() as folder:
        out = folder + "/pruned.onnx"
        pruning = ["--pattern", "channels", "--round-to", "1", "-s", share, "--method", method, "-o", out]
        report = espalier(options, "prune", options.model, *pruning)
        return accuracy(options, out), report["after"]["macs"] / report["before"]["macs"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("data")
    parser.add_argument("preprocess")
    parser.add_argument("--espalier", default=str(pathlib.Path(__file__).resolve().parents[2] / "espalier"))
    options = parser.parse_args()
    print("| method | " + " | ".join(f"{float(share):.0%}" for share in ("0", *SHARES)) + " |")
    print("|---" * (len(SHARES) + 2) + "|")
    dense = accuracy(options, options.model)
    left = []
    for method in METHODS:
        cells = [cell(options, method, share) for share in SHARES]
        left = [f"{macs:.2f}" for _, macs in cells]
        print(f"| {method} | {dense} | " + " | ".join(found for found, _ in cells) + " |", flush=True)
    print("| multiply-adds left | 1.00 | " + " | ".join(left) + " |")


if __name__ == "__main__":
    main()
