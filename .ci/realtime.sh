#!/usr/bin/env bash
# What runs in a callback, under the real-time sanitizer: `Denoiser`, `Stream`, `Processor` and, with `--features live`, the callbacks of devices;
# then what hosts call of the plugins and of the C library.
# It sees allocations, locks that are waited for, files and printing, and shows in the same run that it sees each of them where
# it is planted.
#
#   .ci/realtime.sh [OPTIONS OF CARGO]
set -euo pipefail
cd "$(dirname "$0")/.."

# The same compiler that builds the rest, with its unstable flags let through.
export RUSTC_BOOTSTRAP=1 RUSTFLAGS="-Zsanitizer=realtime --cfg framewise_rtsan"
target=$(rustc -vV | sed -n 's/^host: //p')
cargo test --no-default-features --target "$target" --test realtime_sanitizer "$@"
cargo test --target "$target" -p framewise-plugins --test plugins
cargo test --target "$target" -p framewise-c --lib
