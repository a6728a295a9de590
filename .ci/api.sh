#!/usr/bin/env bash
# The public interface of the library against `.ci/api.txt`: what is gone or changed there breaks programs that use it. After a change
# that is meant, `.ci/api.sh --write` makes the file anew; lines that go need a new version, as semantic versioning has it.
#
# Rustdoc writes JSON as an unstable option, which a compiler of the stable channel takes when it is told so; `live` needs the
# headers of ALSA.
set -euo pipefail
cd "$(dirname "$0")/.."

tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
# For rustdoc alone: build scripts that saw the variable would be run again.
printf '#!/bin/sh\nRUSTC_BOOTSTRAP=1 exec rustdoc "$@"\n' >"$tools/rustdoc"
chmod +x "$tools/rustdoc"
RUSTDOC=$tools/rustdoc cargo rustdoc --quiet --lib --no-default-features --features eval,formats,import,live -- \
    -Z unstable-options --output-format json
json=${CARGO_TARGET_DIR:-target}/doc/framewise.json
if [ "${1:-}" = --write ]; then
    python3 .ci/api.py "$json" >.ci/api.txt
else
    python3 .ci/api.py "$json" .ci/api.txt
fi
