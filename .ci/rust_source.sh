#!/usr/bin/env bash
# The source of the standard library beside this compiler, for targets whose library is built here. rustup's, if it can be had, or
# else Debian's package rust-src of the same version, unpacked and linked.
# Usage: .ci/rust_source.sh; says where it is, or fails with a line that says why not.
set -euo pipefail
version=$(rustc --version | cut -d' ' -f2)
place=$(rustc --print sysroot)/lib/rustlib/src
if [ -f "$place/rust/library/std/Cargo.toml" ]; then
    echo "$place/rust"
    exit 0
fi
if rustup component add rust-src >/dev/null 2>&1; then
    echo "$place/rust"
    exit 0
fi
mirror=http://deb.debian.org/debian
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
curl -fsS "$mirror/dists/trixie-backports/main/binary-amd64/Packages.xz" | xz -dc >"$work/packages"
package() { awk -v RS= -v version="Version: $version+" '/^Package: rust-src\n/ && index($0, version)' "$work/packages"; }
field() { package | sed -n "s/^$1: //p"; }
if [ -z "$(field Filename)" ]; then
    echo "neither rustup nor Debian has the source of Rust $version" >&2
    exit 1
fi
curl -fsS -o "$work/source.deb" "$mirror/$(field Filename)"
echo "$(field SHA256)  $work/source.deb" | sha256sum --check --quiet
cache=${XDG_CACHE_HOME:-$HOME/.cache}/framewise
mkdir -p "$cache" "$place"
dpkg -x "$work/source.deb" "$cache"
rm -rf "$place/rust"
ln -s "$cache/usr/src/rustc-$version" "$place/rust"
echo "$place/rust"
