"""Prints the reports of tools.sh as Markdown: table.py FOLDER."""

import json
import sys
from pathlib import Path

ENCODINGS = ["dense", "coo", "gap", "bitmap"]
FATES = [("sparse", "sparse"), ("dense", "dense"), ("revived", "revived"), ("lost", "lost")]


def name(tool):
    """The tool of a command, or what the runtime's level is called."""
    return tool.split("resave.py ")[1].split()[0] if "resave.py " in tool else tool


def cell(folder, stem, row):
    if row["failure"]:
        reason = folder / "saved" / f"{stem}.{name(row['tool'])}.txt"
        text = reason.read_text() if reason.exists() else row["failure"]
        text = text.replace(str(folder) + "/", "")
        text = "it crashed" if "exit code 139" in text else text
        return "failed: " + text.replace("|", "/")[:110]
    counts = ", ".join(f"{row[key]} {label}" for key, label in FATES if row[key])
    note = ", does not load" if row["refusal"] else ""
    return f"{counts or 'nothing followed'}; {row['bytes'] / 1000:.1f} kB{note}"


def main():
    folder = Path(sys.argv[1]).resolve()
    for model in ["digits_resnet", "digits_mlp"]:
        reports = {e: json.loads((folder / f"{model}-{e}.json").read_text()) for e in ENCODINGS}
        sizes = [f"{e} ({(folder / f'{model}-{e}.onnx').stat().st_size / 1000:.1f} kB)" for e in ENCODINGS]
        print(f"\n### {model}.onnx\n")
        print("| saved by | " + " | ".join(sizes) + " |")
        print("|---" * (len(ENCODINGS) + 1) + "|")
        for rows in zip(*(reports[e]["survival"] for e in ENCODINGS)):
            cells = [cell(folder, f"{model}-{e}", row) for e, row in zip(ENCODINGS, rows)]
            print(f"| {name(rows[0]['tool']).replace(':', ', ')} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
