#!/bin/sh
# Times prune on large models, and every scope and pattern on one model, against `cp` of the same files in the same run.
# Writes models of 1 and 6 GiB first (14 GiB of disk, deleted again), the latter with a tensor of more than 2 GiB, which are
# pruned with a heap of 256 MB.
# usage: goals.sh [MODEL]       MODEL is for the scopes and patterns, as a ResNet-50; without it they are left out
#        RUNS=5 SCRATCH=FOLDER ESPALIER=path/to/espalier in the environment change the defaults
set -eu

here=$(cd "$(dirname "$0")" && pwd)
espalier=${ESPALIER:-$here/../espalier}
runs=${RUNS:-5}
scratch=$(mktemp -d "${SCRATCH:-${TMPDIR:-/tmp}}/goals.XXXXXX")
trap 'rm -rf "$scratch"' EXIT INT TERM
[ -x /usr/bin/time ] || { echo "needs GNU time (Debian: apt-get install time)" >&2; exit 3; }
java="$("$espalier" --jdk)/bin/java"
"$espalier" --version >/dev/null

# Prints the least wall and processor seconds and the largest peak memory in MB of a command. The least, because what else
# a machine does only adds: giving new memory to a virtual one may take longer than the work.
measure() {
  "$@" >/dev/null 2>"$scratch/errors" || { echo "failed: $*" >&2; cat "$scratch/errors" >&2; exit 1; }
  : >"$scratch/times"
  i=0
  while [ "$i" -lt "$runs" ]; do
    rm -rf "$scratch/out"
    mkdir "$scratch/out"
    sync # what was written before is not to be written meanwhile
    /usr/bin/time -a -o "$scratch/times" -f '%e %U %S %M' "$@" >/dev/null 2>&1
    i=$((i + 1))
  done
  sort -n "$scratch/times" |
    awk 'NR == 1 { w = $1; c = $2 + $3 } $4 > m { m = $4 } END { printf "%.2f %.2f %.0f\n", w, c, m / 1024 }'
}

# The first row of a table is what the others are multiples of.
table() {
  base=
  printf '\n%-44s %8s %8s %8s %8s\n' "$1" wall cpu MB x
}

row() {
  label=$1
  shift
  rm -rf "$scratch/out"
  mkdir "$scratch/out"
  figures=$(measure "$@")
  base=${base:-${figures%% *}}
  echo "$figures" | awk -v label="$label" -v base="$base" '{ printf "%-44s %8.2f %8.2f %8d %8.1f\n", label, $1, $2, $3, $1 / (base < 0.01 ? 0.01 : base) }'
}

large() {
  "$java" -cp "$here/../cli/target/espalier.jar:$(echo "$here"/../cli/target/lib/*.jar | tr ' ' ':')" \
    "$here/src/main/java/dev/espalier/bench/LargeModel.java" "$@"
}

uptime
table "start"
row "--version" "$espalier" --version
row "inspect of a small model" "$espalier" inspect "$here/../samples/digits_resnet.onnx"

large "$scratch/one.onnx" 1024
table "1 GiB of f32 in external data"
row "cp" cp "$scratch/one.onnx" "$scratch/one.onnx.data" "$scratch/out"
row "prune -s 0.9 --scope global, dense" "$espalier" prune "$scratch/one.onnx" -s 0.9 --scope global --encoding dense -o "$scratch/out/p.onnx"
row "prune -s 0.9 --scope global" "$espalier" prune "$scratch/one.onnx" -s 0.9 --scope global -o "$scratch/out/p.onnx"
"${java}c" -d "$scratch/classes" "$here/src/main/java/dev/espalier/bench/LeastPrune.java"
row "the least that does it in Java" "$java" -XX:+UseSerialGC -cp "$scratch/classes" \
  dev.espalier.bench.LeastPrune "$scratch/one.onnx.data" "$scratch/out/p.data"
rm "$scratch"/one.onnx*

large "$scratch/six.onnx" 6144 wide
table "6 GiB, a tensor of 2.1 GiB, a heap of 256 MB"
row "cp" cp "$scratch/six.onnx" "$scratch/six.onnx.data" "$scratch/out"
export JAVA_TOOL_OPTIONS=-Xmx256m
row "prune -s 0.9 --scope global, dense" "$espalier" prune "$scratch/six.onnx" -s 0.9 --scope global --encoding dense -o "$scratch/out/p.onnx"
unset JAVA_TOOL_OPTIONS
rm "$scratch"/six.onnx*

[ $# -gt 0 ] || exit 0
model=$1
table "$(basename "$model")"
row "cp" cp "$model" "$scratch/out"
row "inspect" "$espalier" inspect "$model"
table "$(basename "$model"), x global magnitude"
row "prune -s 0.9 --scope global" "$espalier" prune "$model" -s 0.9 --scope global -o "$scratch/out/p.onnx"
for scope in layer global-normalized lamp erk uniform+; do
  row "prune -s 0.9 --scope $scope" "$espalier" prune "$model" -s 0.9 --scope "$scope" -o "$scratch/out/p.onnx"
done
row "prune --pattern 2:4" "$espalier" prune "$model" --pattern 2:4 -o "$scratch/out/p.onnx"
for pattern in 4:8 1:4; do
  row "prune --pattern $pattern" "$espalier" prune "$model" --pattern "$pattern" -o "$scratch/out/p.onnx"
done
for pattern in block:1x4 block:4x1 block:4x4 block:16x1 slices:outputs slices:inputs slices:kernels; do
  row "prune -s 0.5 --pattern $pattern" "$espalier" prune "$model" -s 0.5 --pattern "$pattern" -o "$scratch/out/p.onnx"
done
