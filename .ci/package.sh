#!/usr/bin/env bash
# The package as crates.io would have it: small enough, and with all that its own tests read.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo package --allow-dirty --no-verify --quiet
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
target=$(realpath "${CARGO_TARGET_DIR:-target}")
package=$target/package/framewise-$version.crate
size=$(stat -c %s "$package")
# crates.io takes ten megabytes at most.
if [ "$size" -gt 8000000 ]; then
    echo "the package has $size bytes, expected at most 8000000; the largest of its files:" >&2
    tar tvzf "$package" | sort -rnk3 | awk 'NR <= 5 { print $3, $6 }' >&2
    exit 1
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
tar xzf "$package" -C "$folder"
cd "$folder/framewise-$version"
CARGO_TARGET_DIR=$target cargo check --quiet --all-targets
# Every test file is one binary; these read what the package has to bring.
CARGO_TARGET_DIR=$target cargo test --quiet --test public_types --test layering --test documents --test golden --test unsafe_code
echo "a package of $size bytes"
