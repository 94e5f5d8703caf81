#!/usr/bin/env python3
"""Times models without channels against the models that they were made of, and prints the table of ../docs/benchmarks.md.

usage: channels.py [--shares 0.05,0.1,0.3,0.5,0.7,0.9] [--round-to auto] [--seconds 5] [--espalier ../espalier] MODEL...

Each pair takes turns in one process, on one thread (`espalier latency`). A cell is how many times as fast the pruned model is; `=` says
that there is no measurable difference, `slower` that it is slower, `-` that rounding leaves every channel.
"""
import argparse
import json
import os
import pathlib
import subprocess
import tempfile


def espalier(options, *words):
    done = subprocess.run([options.espalier, *words, "--json"], capture_output=True, text=True)
    if done.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(words)}: {done.stdout}{done.stderr}")
    return json.loads(done.stdout)


def cell(options, model, share):
    with tempfile.TemporaryDirectory() as folder:
        out = folder + "/pruned.onnx"
        pruning = ["--pattern", "channels", "-s", share, "--round-to", options.round_to, "--no-check", "-o", out]
        report = espalier(options, "prune", model, *pruning)
        if not report["removed"]:
            return "-"
        found = espalier(options, "latency", model, out, "--seconds", options.seconds)
    macs = report["after"]["macs"] / report["before"]["macs"]
    speed = f"{found['speedup']['median']:.2f}"
    word = {"slower": " **slower**", "no measurable difference": " ="}.get(found["verdict"], "")
    return f"{speed}{word} ({macs:.2f}, noise {found['noise']:.0%})"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+")
    parser.add_argument("--shares", default="0.05,0.1,0.3,0.5,0.7,0.9")
    parser.add_argument("--round-to", default="auto")
    parser.add_argument("--seconds", default="5")
    parser.add_argument("--espalier", default=str(pathlib.Path(__file__).resolve().parents[1] / "espalier"))
    options = parser.parse_args()
    shares = options.shares.split(",")
    print("| model | " + " | ".join(f"{float(share):.0%}" for share in shares) + " | load |")
    print("|---" * (len(shares) + 2) + "|")
    for model in options.models:
        cells = [cell(options, model, share) for share in shares]
        print(f"| {pathlib.Path(model).stem} | " + " | ".join(cells) + f" | {os.getloadavg()[0]:.1f} |", flush=True)


if __name__ == "__main__":
    main()
