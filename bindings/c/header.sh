#!/usr/bin/env bash
# Writes include/framewise/framewise.h from the sources, or with --check says whether it is current. Debian's cbindgen.
set -euo pipefail
cd "$(dirname "$0")"
header=include/framewise/framewise.h
made=$(mktemp)
trap 'rm -f "$made"' EXIT
# What Rust's readers know under `Safety` is what C's must see to.
cbindgen --quiet --config cbindgen.toml --output "$made" src/lib.rs
sed -i 's|^ \* # Safety$| * Required:|' "$made"
if [ "${1:-}" = --check ]; then
  diff -u "$header" "$made"
else
  install -m 644 "$made" "$header"
fi
