#!/usr/bin/env bash
# Installs the plugins for the user who calls it: CLAP in ~/.clap, LADSPA in ~/.ladspa, the bundles of LV2 and VST 3 in ~/.lv2 and
# ~/.vst3; and, where asked, a microphone and a sink in PipeWire, which are there after `systemctl --user restart pipewire` and at
# every login.
# Usage: bindings/plugins/install.sh [--microphone] [--speakers]
#        bindings/plugins/install.sh --remove
# Takes the library that `cargo build --release -p framewise-plugins` made, or the file named by LIBRARY.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
clap=$HOME/.clap/framewise.clap
ladspa=$HOME/.ladspa/libframewise_plugins.so
lv2=$HOME/.lv2/framewise.lv2
vst3=$HOME/.vst3/Framewise.vst3
pipewire=${XDG_CONFIG_HOME:-$HOME/.config}/pipewire/pipewire.conf.d

files=()
for argument in "$@"; do
  case $argument in
  --microphone | --speakers) files+=("framewise-${argument#--}.conf") ;;
  --remove)
    rm -rf "$clap" "$ladspa" "$lv2" "$vst3" "$pipewire"/framewise-{microphone,speakers}.conf
    echo "removed; for PipeWire's part: systemctl --user restart pipewire"
    exit
    ;;
  *)
    sed -n '/^# Usage/,/^# Takes/s/^# //p' "$0" >&2
    exit 2
    ;;
  esac
done

library=${LIBRARY:-${CARGO_TARGET_DIR:-$here/../../target}/release/libframewise_plugins.so}
if [ ! -f "$library" ]; then
  echo "$library is missing: cargo build --release -p framewise-plugins" >&2
  exit 1
fi
install -D -m 644 "$library" "$clap"
install -D -m 644 "$library" "$ladspa"
install -D -m 644 "$library" "$lv2/libframewise_plugins.so"
install -D -m 644 "$library" "$vst3/Contents/$(uname -m)-linux/Framewise.so"
install -m 644 -t "$lv2" "$here"/framewise.lv2/*.ttl
for file in "${files[@]}"; do
  mkdir -p "$pipewire"
  sed "s|@LIBRARY@|$ladspa|" "$here/pipewire/$file" >"$pipewire/$file"
done
printf 'installed: %s\n' "$clap" "$ladspa" "$lv2" "$vst3" "${files[@]/#/$pipewire/}"
