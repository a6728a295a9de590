#!/usr/bin/env bash
# Builds the WebAssembly module. Usage: tools/module.sh TO
# `rustup target add wasm32-unknown-unknown` is all that it needs; where that cannot be had, the standard library is built from its
# source.
set -euo pipefail
root=$(cd "$(dirname "$0")/../../.." && pwd)
to=$(realpath -m "${1:?where the module goes}")
target=wasm32-unknown-unknown
cd "$root"
options=()
if [ ! -d "$(rustc --print sysroot)/lib/rustlib/$target/lib" ]; then
    .ci/rust_source.sh >/dev/null
    export RUSTC_BOOTSTRAP=1
    options=(-Zbuild-std=std,panic_abort)
fi
RUSTFLAGS="-Ctarget-feature=+simd128" cargo build "${options[@]}" --quiet -p framewise-web --profile web --target $target \
    --target-dir "$root/target/web"
mkdir -p "$(dirname "$to")"
cp "target/web/$target/web/framewise_web.wasm" "$to"
