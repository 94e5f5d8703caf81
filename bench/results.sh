#!/bin/bash
# Prunes the shared models with samples and scores them on whole test sets: the lines of docs/results.md.
# Needs Python 3 with numpy.
# usage: bench/results.sh SHARED_FOLDER MINILM.onnx [SEED...]
set -euo pipefail
python3 -c 'import numpy' || { echo "needs numpy (pip install numpy)" >&2; exit 3; }
shared=$1; minilm=$2; shift 2; seeds=${*:-0 1 2}
here=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
cifar='scale=1/255,mean=.4914:.4822:.4465,std=.2471:.2435:.2616'

# score FILE DATA [ARGS]: the first figure of the task
score() { local model=$1 data=$2; shift 2; "$here/espalier" accuracy "$model" --data "$data" --json "$@" |
  sed -n 's/.*"value" *: *\([-0-9.E]*\).*/\1/p' | head -1; }

# row NAME MODEL CALIBRATION TEST SAMPLES [ARGS]: each level and seed
row() {
  local name=$1 model=$2 calibration=$3 test=$4 samples=$5; shift 5
  echo "$name dense $(score "$model" "$test" "$@")"
  for seed in $seeds; do
    for level in 50 70 80 90 2:4; do
      if [ "$level" = 2:4 ]; then how=(--pattern 2:4); else how=(-s "$level%" --curves "$work/$name.$seed.json"); fi
      start=$(date +%s)
      "$here/espalier" prune "$model" "${how[@]}" --calibration "$calibration" --samples "$samples" --seed "$seed" \
        "$@" -o "$work/pruned.onnx" --force > "$work/log"
      echo "$name $level seed $seed $(score "$work/pruned.onnx" "$test" "$@") $(($(date +%s) - start)) s"
    done
  done
}

# channels NET: inside blocks, each share and seed; what is scored is the smaller model
channels() {
  local net=$1 share seed
  for seed in $seeds; do
    for share in 30 50; do
      "$here/espalier" prune "$shared/models/classify/$net.onnx" --pattern channels -s "$share%" --keep-residual --round-to 1 \
        --calibration "$shared/data/cifar10_train20k.npz" --preprocess "$cifar" --seed "$seed" -o "$work/pruned.onnx" \
        --force > "$work/log"
      echo "$net channels $share seed $seed" \
        "$(score "$work/pruned.onnx" "$shared/data/cifar10_test.npz" --preprocess "$cifar")"
    done
  done
}

# steps NET: 90 % at once and along a cubic schedule
steps() {
  local net=$1 steps seed
  for seed in $seeds; do
    for steps in 1 4 16; do
      if [ "$steps" = 1 ]; then how=(); else how=(--schedule cubic --steps "$steps"); fi
      "$here/espalier" prune "$shared/models/classify/$net.onnx" -s 90% "${how[@]}" \
        --calibration "$shared/data/cifar10_train20k.npz" --preprocess "$cifar" --seed "$seed" -o "$work/pruned.onnx" \
        --force > "$work/log"
      echo "$net 90 in $steps steps seed $seed" \
        "$(score "$work/pruned.onnx" "$shared/data/cifar10_test.npz" --preprocess "$cifar")"
    done
  done
}

# apart NET DATA: by magnitude and with samples, of data whose array `test` says which rows are kept apart
apart() {
  local model=$1 data=$2 level seed name; shift 2
  name=$(basename "$model" .onnx)
  echo "$name dense $(score "$model" "$data" --where test "$@")"
  for level in 70 90; do
    "$here/espalier" prune "$model" -s "$level%" -o "$work/pruned.onnx" --force > "$work/log"
    echo "$name $level magnitude $(score "$work/pruned.onnx" "$data" --where test "$@")"
    for seed in $seeds; do
      "$here/espalier" prune "$model" -s "$level%" --calibration "$data" --where '!test' --seed "$seed" \
        "$@" -o "$work/pruned.onnx" --force > "$work/log"
      echo "$name $level seed $seed $(score "$work/pruned.onnx" "$data" --where test "$@")"
    done
  done
}

for net in fsdd_gru fsdd_lstm; do
  apart "$shared/models/audio/$net.onnx" "$shared/data/fsdd_logmel40.npz"
done
# There are test images of MNIST only: the first half is to calibrate with, the other to be judged by.
python3 -c '
import numpy, sys
data = numpy.load(sys.argv[1])
numpy.savez(sys.argv[2], **data, test=(numpy.arange(len(data["labels"])) >= 5000).astype("u1"))
' "$shared/data/mnist_t10k.npz" "$work/mnist.npz"
apart "$shared/models/classify/mnist_bn.onnx" "$work/mnist.npz" --preprocess 'scale=1/255,mean=.1307,std=.3081'
for net in resnet8_fused resnet8_bn; do
  channels $net
  steps $net
  row $net "$shared/models/classify/$net.onnx" "$shared/data/cifar10_train20k.npz" "$shared/data/cifar10_test.npz" 2048 \
    --preprocess "$cifar"
done
row minilm "$minilm" "$shared/data/stsb_dev_minilm_tokens.npz" "$shared/data/stsb_test_minilm_tokens.npz" 2048
