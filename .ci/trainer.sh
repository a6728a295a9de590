#!/usr/bin/env bash
# The training recipe: its tests, and golden files made anew and held against those that are committed.
#
# Needs Python 3.11 or later with its headers and `venv`, and a C++ compiler. PyTorch and the rest come from PyPI, as pinned and
# without CUDA, into a folder that is removed at the end.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python3 -m venv "$work/venv"
python=$work/venv/bin/python
"$python" -m pip install --quiet --disable-pip-version-check --no-cache-dir --no-deps -r models/train/requirements.txt
"$python" models/train/without_cuda.py
echo "$(du -sm "$work/venv" | cut -f 1) MB installed, after $SECONDS s"

# In a copy: neither compiled extensions nor golden files may land among the sources.
mkdir "$work/copy"
cp -r --parents models/train tests/data examples/noisy.wav "$work/copy"
cd "$work/copy"
export HOME=$work OMP_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE=1
(cd models/train && PATH=$work/venv/bin:$PATH "$python" -m pytest -q -p no:cacheprovider)
"$python" -m pytest -q -p no:cacheprovider tests/data

mkdir committed
cp -r tests/data/golden tests/data/checkpoint committed
find tests/data/golden tests/data/checkpoint -type f ! -name '*.py' -delete
for script in golden/make_layers golden/make_crn golden/make_gtcrn golden/make_metrics checkpoint/make; do
    "$python" "tests/data/$script.py" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
done
for folder in golden checkpoint; do
    "$python" tests/data/compare.py "committed/$folder" "tests/data/$folder"
done
echo "the recipe's tests hold, and golden files are what their scripts make: $SECONDS s"
