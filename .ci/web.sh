#!/usr/bin/env bash
# The browser: layers and kernels compiled to WebAssembly, under Node; the module's size and its tests; the package and the page in
# Chromium with a recording for a microphone. What cannot be had is said in words and left out.
# Usage: .ci/web.sh PROGRAM; Node 20 or later, Debian's wasi-libc and chromium
set -euo pipefail
cd "$(dirname "$0")/.."
FRAMEWISE=$(realpath "${1:?the framewise binary}")
export FRAMEWISE
say() { echo "web: $*"; }

for tool in node npm; do
    if ! command -v $tool >/dev/null; then
        say "$tool is not here: nothing of the browser was checked"
        exit 0
    fi
done

# Rust's library for a target: rustup's, or else built from its source.
has_library() { [ -d "$(rustc --print sysroot)/lib/rustlib/$1/lib" ] || rustup target add "$1" >/dev/null 2>&1; }
if ! has_library wasm32-unknown-unknown && ! .ci/rust_source.sh >/dev/null; then
    say "Rust's library for WebAssembly cannot be had: nothing of the browser was checked"
    exit 0
fi

say "layers and kernels under Node"
flags="-Ctarget-feature=+simd128"
libc=/usr/lib/wasm32-wasi
options=()
if ! has_library wasm32-wasip1; then
    export RUSTC_BOOTSTRAP=1
    options=(-Zbuild-std=std,panic_abort,test)
    flags+=" -Clink-self-contained=no -Lnative=$libc -Clink-arg=$libc/crt1-command.o"
fi
if [ ${#options[@]} -gt 0 ] && [ ! -f $libc/crt1-command.o ]; then
    say "wasi-libc is not here: layers and kernels were not checked"
else
    # Tests of kernels and layers: against definitions, PyTorch's numbers and each other.
    CARGO_TARGET_WASM32_WASIP1_RUNNER="node --no-warnings $PWD/.ci/wasi.mjs" RUSTFLAGS=$flags \
        cargo test --quiet "${options[@]}" --target wasm32-wasip1 --target-dir target/web --no-default-features \
        --lib --test equivalence --test golden --test matrix --test reset
fi
unset RUSTC_BOOTSTRAP

say "the package and the page"
cd bindings/web
if ! npm ci --no-audit --no-fund --loglevel=error; then
    say "npm's registry cannot be reached: the package was not checked"
    exit 0
fi
if [ ! -x /usr/bin/chromium ]; then say "chromium is not here: the page was not checked"; fi
npm test --silent

say "all is well"
