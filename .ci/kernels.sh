#!/usr/bin/env bash
# The names of the kernels that this processor can run, slowest first, for FRAMEWISE_KERNELS: a name that it lacks is refused.
set -euo pipefail
has() { grep -qsw "$1" /proc/cpuinfo; }
echo scalar
echo portable
if has avx2 && has fma; then echo avx2; fi
if has avx512f; then echo avx512; fi
