#!/usr/bin/env bash
# Undefined behaviour, looked for in three ways; for a person or a nightly run, since each takes minutes.
#
#   .ci/undefined.sh miri       the portable and the scalar kernels, the histories: every access, interpreted
#   .ci/undefined.sh address    all kernels that this processor has, under the address sanitizer
#   .ci/undefined.sh thread     controls, counters and rings between threads, under the thread sanitizer
#
# Miri and the thread sanitizer need `rustup toolchain install nightly --component miri,rust-src`. Miri cannot run AVX, nor the few instructions of
# the denormal guard; the sanitizer can.
set -euo pipefail
cd "$(dirname "$0")/.."

miri() {
    # Left to itself it varies the last bits of exponentials from call to call, and no two runs would be the same to the bit.
    MIRIFLAGS="-Zmiri-symbolic-alignment-check -Zmiri-deterministic-floats" cargo +nightly miri test --no-default-features --lib nn::
}

address() {
    # The same compiler that builds the rest, with its unstable flags let through.
    export RUSTC_BOOTSTRAP=1 RUSTFLAGS="-Zsanitizer=address -Cforce-frame-pointers=yes"
    local target
    target=$(rustc -vV | sed -n 's/^host: //p')
    cargo test --no-default-features --target "$target" --lib
    for kernels in $(.ci/kernels.sh); do
        FRAMEWISE_KERNELS=$kernels cargo test --no-default-features --features import --target "$target" \
            --test contract --test gtcrn --test clip
    done
}

# The standard library takes part: locks and threads that the sanitizer cannot see into are races to it.
thread() {
    export RUSTFLAGS=-Zsanitizer=thread TSAN_OPTIONS=halt_on_error=1
    local target
    target=$(rustc -vV | sed -n 's/^host: //p')
    cargo +nightly test -Zbuild-std --target "$target" --target-dir target/thread --no-default-features --features live \
        --test live --test processor -- controls running devices
}

case "${1:-}" in
    miri) miri ;;
    address) address ;;
    thread) thread ;;
    *) sed -n '2,10s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
