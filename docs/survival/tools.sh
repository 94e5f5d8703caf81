#!/bin/sh
# What other tools leave of the zeros: prunes the samples, lets each tool save them again, and prints a Markdown table.
#
#   docs/survival/tools.sh [FOLDER]
#
# FOLDER (default: a new one) receives a virtual environment, the pruned models, what each tool wrote and the reports.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
folder=${1:-$(mktemp -d)}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
case $folder in
  *' '*) printf 'error: the folder has a space in its path, and --through splits there\n' >&2; exit 2 ;;
esac
python=$folder/venv/bin/python

[ -x "$python" ] || python3 -m venv "$folder/venv"
"$python" -m pip install -q -r "$here/requirements.txt" >&2
cp "$here/resave.py" "$folder/resave.py"

for model in digits_resnet digits_mlp; do
  for encoding in dense coo gap bitmap; do
    pruned=$folder/$model-$encoding.onnx
    "$root/espalier" prune "$root/samples/$model.onnx" -s 0.8 --encoding "$encoding" --force -o "$pruned" >/dev/null
    set --
    for tool in $("$python" "$folder/resave.py" --list); do
      set -- "$@" --through "$python $folder/resave.py $tool {in} {out}"
    done
    printf '%s, %s ...\n' "$model" "$encoding" >&2
    # Exit code 1 is expected: some tools lose zeros.
    "$root/espalier" verify-sparsity --no-run --json --survival "$@" "$pruned" >"$folder/$model-$encoding.json" || [ $? -eq 1 ]
  done
done
"$python" "$here/table.py" "$folder"
