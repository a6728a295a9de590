#!/usr/bin/env bash
# The shipped configuration on a PipeWire without hardware, session bus or rights:
#   recording -> the sink `room`, whose monitor is the only real microphone -> the microphone `framewise` -> a recorder
#   recording -> the sink `framewise_speakers` -> the sink `room` -> a recorder
# Usage: .ci/plugins_pipewire.sh PROGRAM LIBRARY; Debian's pipewire-bin wireplumber
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
program=$(realpath "${1:?the framewise binary}")
library=$(realpath "${2:?libframewise_plugins.so}")
. "$here/lib.sh"
sound_servers

compute python3 "$here/live.py" make "$work"
compute "$program" wav "$work/noisy16.wav" --output "$work/file-zero.wav" --latency zero --quiet
LIBRARY=$library "$here/../bindings/plugins/install.sh" --microphone --speakers
pipewire_runs
start room pw-loopback --name room --capture-props='media.class=Audio/Sink node.name=room' \
  --playback-props='media.class=Audio/Source node.name=ear'
for node in room ear framewise framewise.capture framewise_speakers framewise_speakers.playback; do wait_for has_node $node; done
# In the place of hardware, which would come before all others.
pw-metadata 0 default.configured.audio.source '{ "name": "ear" }' >/dev/null
pw-metadata 0 default.configured.audio.sink '{ "name": "room" }' >/dev/null

echo "pipewire: other programs see the microphone and the sink"
class() { pw-cli ls Node | grep -A 2 "node.name = \"$1\"" | grep -q "$2"; }
class framewise Audio/Source
class framewise_speakers Audio/Sink

heard_something() { [ -s "$work/heard.wav" ] && [ "$(stat -c %s "$work/heard.wav")" -gt 40000 ]; }
# attempt HEARD PLAYED: records from a node while another plays.
attempt() {
  rm -f "$work/heard.wav"
  start recorder pw-record --target "$1" --rate 48000 --channels 1 --format s16 "$work/heard.wav"
  local recorder=$started
  wait_for heard_something
  pw-play --target "$2" "$work/noisy48.wav"
  sleep 1.5
  kill -INT "$recorder"; wait "$recorder" || true
  compute python3 "$here/live.py" virtual "$work"
}
echo "pipewire: the microphone gives what file mode gives"
steadily attempt framewise room
echo "pipewire: and so does the sink"
steadily attempt ear framewise_speakers
echo "pipewire: all is well"
