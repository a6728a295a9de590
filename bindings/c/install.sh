#!/usr/bin/env bash
# Installs the C library as cargo-c would, without cargo-c: headers, the static library, the shared one with its version in name
# and soname, and a file for pkg-config.
# Usage: bindings/c/install.sh PREFIX [OPTIONS OF CARGO]; without options, --release. DESTDIR goes before PREFIX.
set -euo pipefail
prefix=${1:?the folder to install into, such as /usr/local}
shift
here=$(cd "$(dirname "$0")" && pwd)
options=("$@")
if [ $# = 0 ]; then options=(--release); fi

version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$here/Cargo.toml" | head -n 1)
# Before 1.0 the interface may change with the second number.
case $version in 0.*) compatible=${version%.*} ;; *) compatible=${version%%.*} ;; esac
soname=libframewise.so.$compatible

cd "$here"
# What cargo keeps stays as `cargo build` makes it, without a soname that asks for a file that is not beside it.
trap 'cargo build --quiet "${options[@]}"' EXIT
# The files that cargo says it has made, each on a line.
made=$(FRAMEWISE_SONAME=$soname cargo build "${options[@]}" --message-format json-render-diagnostics |
    grep -o '"[^"]*/libframewise[.][^"]*"' | tr -d '"')
shared=$(grep '[.]so$' <<<"$made")
static=$(grep '[.]a$' <<<"$made")

at=${DESTDIR:-}$prefix
install -D -m 755 "$shared" "$at/lib/libframewise.so.$version"
ln -sf "libframewise.so.$version" "$at/lib/$soname"
ln -sf "$soname" "$at/lib/libframewise.so"
install -m 644 "$static" "$at/lib/libframewise.a"
install -D -m 644 -t "$at/include/framewise" "$here"/include/framewise/*.h
mkdir -p "$at/lib/pkgconfig"
cat >"$at/lib/pkgconfig/framewise.pc" <<END
prefix=$prefix
libdir=\${prefix}/lib
includedir=\${prefix}/include

Name: framewise
Description: Real-time speech denoising with a latency of zero or one frame
Version: $version
Libs: -L\${libdir} -lframewise
Libs.private: -lm -lpthread -ldl -lgcc_s
Cflags: -I\${includedir}/framewise
END
printf 'installed: %s\n' "$at"/lib/{libframewise.*,pkgconfig/framewise.pc} "$at"/include/framewise/*.h
