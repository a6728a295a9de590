#!/usr/bin/env bash
# The Python package: built by pip into an environment of its own, then its tests, which compare with the program.
# Usage: .ci/python.sh PROGRAM; Debian's python3-venv, and Rust
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
FRAMEWISE=$(realpath "${1:?the framewise binary}")
export FRAMEWISE
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
# Without the link-time optimisation of a release, which changes no sample and takes minutes.
MATURIN_PEP517_ARGS="--profile dev" "$work/venv/bin/pip" install -q "$here/../bindings/python[test]"
"$work/venv/bin/python" -m pytest -q -p no:cacheprovider "$here/../bindings/python"
