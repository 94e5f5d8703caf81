#!/bin/sh
# Times whole commands on models, against `cp` of the same file in the same run.
# usage: commands.sh [MODEL...]      RUNS=5 ESPALIER=path/to/espalier in the environment change the defaults
set -eu

here=$(cd "$(dirname "$0")" && pwd)
espalier=${ESPALIER:-$here/../espalier}
runs=${RUNS:-5}
[ $# -gt 0 ] || set -- "$here"/../samples/*.onnx

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT INT TERM
[ -x /usr/bin/time ] || { echo "needs GNU time (Debian: apt-get install time)" >&2; exit 3; }

# Prints the median wall seconds and the largest peak memory in MB of a command.
measure() {
  "$@" >/dev/null 2>&1 || { echo "failed: $*" >&2; exit 1; }
  : >"$scratch/times"
  i=0
  while [ "$i" -lt "$runs" ]; do
    /usr/bin/time -a -o "$scratch/times" -f '%e %M' "$@" >/dev/null 2>&1
    i=$((i + 1))
  done
  sort -n "$scratch/times" | awk '{ t[NR] = $1; if ($2 > m) m = $2 } END { printf "%.2f %.0f\n", t[int((NR + 1) / 2)], m / 1024 }'
}

row() {
  label=$1
  shift
  measure "$@" | awk -v label="$label" -v base="$base" '{ printf "%-44s %8.2f %8d %10.1f\n", label, $1, $2, $1 / base }'
}

for model in "$@"; do
  set -- $(measure cp "$model" "$scratch/copy.onnx")
  base=$(echo "$1" | awk '{ print ($1 < 0.01) ? 0.01 : $1 }')
  printf '%s\n%-44s %8s %8s %10s\n' "$(basename "$model")" command seconds MB "x cp"
  printf '%-44s %8.2f %8d %10.1f\n' cp "$1" "$2" 1
  row "--version" "$espalier" --version
  row "inspect" "$espalier" inspect "$model"
  row "prune -s 0.9 --scope global" "$espalier" prune "$model" -s 0.9 --scope global -o "$scratch/pruned.onnx"
  row "prune -s 0.9 --scope layer" "$espalier" prune "$model" -s 0.9 -o "$scratch/pruned.onnx"
  row "prune -s 0.9 --encoding dense --threads 1" "$espalier" prune "$model" -s 0.9 --encoding dense --threads 1 -o "$scratch/dense.onnx"
  row "verify-sparsity --no-run" "$espalier" verify-sparsity --no-run "$scratch/pruned.onnx"
  echo
done
