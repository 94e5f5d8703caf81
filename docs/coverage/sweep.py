#!/usr/bin/env python3
"""Prunes every model of some folders and prints the rows of the tables in ../coverage.md.

usage: sweep.py [--shares 0.25,0.5,0.75] [--auto 0.5] [--espalier ../../espalier] FILE_OR_FOLDER...

For each model and share it runs `prune --pattern channels --round-to 1 --dry-run`, which compares the result with the masked original
in ONNX Runtime, and once more with `--round-to auto` at the share --auto. Nothing is written. A failure is a row with its message.
"""
import argparse
import collections
import json
import pathlib
import re
import subprocess


def run(espalier, model, share, *more):
    command = [espalier, "prune", str(model), "--pattern", "channels", "-s", share, *more]
    done = subprocess.run(command + ["--dry-run", "--json"], capture_output=True, text=True)
    try:
        return json.loads(done.stdout), ""
    except json.JSONDecodeError:
        return None, done.stderr.strip().splitlines()[0] if done.stderr.strip() else f"exit code {done.returncode}"


def left(report, what):
    before = report["before"][what]
    return f"{report['after'][what] / before:.2f}" if before else "-"


def frozen(report):
    reasons = collections.Counter(re.sub(r" '[^']*'$", "", layer["frozenBy"]) for layer in report["layers"])
    reasons.pop("", None)
    return "; ".join(f"{count} {reason}" for reason, count in reasons.most_common(2)) or "-"


def row(model, options):
    reports = []
    for share in options.shares.split(","):
        report, failure = run(options.espalier, model, share, "--round-to", "1")
        if report is None:
            return [model.stem, f"FAILS at {share}: {failure}"]
        reports.append(report)
    middle = reports[len(reports) // 2]
    if middle["channels"] == 0:
        return [model.stem, "nothing can go: " + frozen(middle)]
    auto, failure = run(options.espalier, model, options.auto, "--round-to", "auto", "--no-check")
    checks = [report["check"]["relative"] for report in reports if report["check"]]
    worst = f"{max(checks):.0e}" if len(checks) == len(reports) else "not compared"
    return (
        [model.stem, str(middle["channels"])]
        + [left(report, "macs") for report in reports]
        + [left(auto, "macs") if auto else "FAILS: " + failure, left(middle, "parameters"), worst]
        + [str(len(middle["layers"])), frozen(middle)]
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", type=pathlib.Path)
    parser.add_argument("--shares", default="0.25,0.5,0.75")
    parser.add_argument("--auto", default="0.5")
    parser.add_argument("--espalier", default=str(pathlib.Path(__file__).resolve().parents[2] / "espalier"))
    options = parser.parse_args()
    macs = [f"{float(share):.0%} gone" for share in options.shares.split(",")]
    head = ["model", "channels", *macs, "rounded", "parameters", "difference", "layers", "outputs that cannot go"]
    print("| " + " | ".join(head) + " |\n|" + "---|" * len(head))
    for given in options.models:
        for model in sorted(given.rglob("*.onnx")) if given.is_dir() else [given]:
            print("| " + " | ".join(row(model, options)) + " |", flush=True)


if __name__ == "__main__":
    main()
