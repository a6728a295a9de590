#!/usr/bin/env bash
# The README's virtual microphone, on a sound server without hardware, session bus or rights:
#   recording -> the sink `room`, whose monitor is the only real microphone -> framewise live -> the sink `framewise`
#   -> the microphone `framewise_microphone` -> another program, which records it
# Usage: .ci/virtual_microphone.sh PROGRAM SERVER, where SERVER is
#   pulseaudio      the commands with `pactl`; Debian's pulseaudio pulseaudio-utils libasound2-plugins
#   pipewire-pulse  the same on PipeWire; Debian's pipewire-pulse wireplumber pulseaudio-utils libasound2-plugins
#   pipewire        the commands with `pw-loopback`; Debian's pipewire-alsa pipewire-bin wireplumber
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
program=$(realpath "${1:?the framewise binary}")
server=${2:?pulseaudio, pipewire-pulse or pipewire}
. "$here/lib.sh"
. "$here/servers.sh"

case $server in
pulseaudio)
  start pulseaudio pulseaudio --daemonize=no --exit-idle-time=-1 --use-pid-file=no -n \
    --load="module-native-protocol-unix socket=$run/native auth-anonymous=1" \
    --load="module-null-sink sink_name=room rate=48000"
  ;;
pipewire-pulse)
  pipewire_runs
  start pipewire-pulse pipewire-pulse
  ;;
pipewire) pipewire_runs ;;
*) echo "$server: expected pulseaudio, pipewire-pulse or pipewire" >&2; exit 2 ;;
esac

compute python3 "$here/live.py" make "$work"
compute "$program" wav "$work/noisy16.wav" --output "$work/file-zero.wav" --latency zero --quiet

# What the README says, then the room in place of a real microphone.
if [ "$server" = pipewire ]; then
  start pw-loopback pw-loopback --name framewise \
    --capture-props='media.class=Audio/Sink node.name=framewise node.description=Framewise' \
    --playback-props='media.class=Audio/Source node.name=framewise_microphone node.description="Framewise microphone"'
  echo 'pcm.framewise { type pipewire playback_node framewise hint { show on description "Framewise" } }' >>"$work/.asoundrc"
  pipewire_room
  echo 'pcm.ear { type pipewire capture_node ear hint { show on description "Room" } }' >>"$work/.asoundrc"
  for node in framewise framewise_microphone; do wait_for has_node $node; done
  listen() { start live "$program" live --input ear --output framewise --block 2048 --no-ui --json --control "$work/orders"; }
  record() { start recorder pw-record --target framewise_microphone --rate 48000 --channels 1 --format s16 "$work/heard.wav"; }
  sound() { pw-play --target room "$work/noisy48.wav"; }
  microphones() { pw-cli ls Node | grep -A 2 'node.name = "framewise_microphone"' | grep Audio/Source; }
else
  wait_for pactl info
  [ "$server" = pulseaudio ] || pactl load-module module-null-sink sink_name=room rate=48000 >/dev/null
  pactl load-module module-null-sink sink_name=framewise sink_properties=device.description=Framewise >/dev/null
  pactl load-module module-remap-source master=framewise.monitor source_name=framewise_microphone \
    source_properties=device.description=Framewise_microphone >/dev/null
  listen() {
    PULSE_SOURCE=room.monitor PULSE_SINK=framewise \
      start live "$program" live --input pulse --output pulse --block 2048 --no-ui --json --control "$work/orders"
  }
  record() { start recorder parecord --device=framewise_microphone --rate=48000 --channels=1 --format=s16le --file-format=wav "$work/heard.wav"; }
  sound() { paplay --device=room "$work/noisy48.wav"; }
  microphones() { pactl list short sources | grep framewise_microphone; }
fi

echo "$server: other programs see the microphone"
wait_for microphones
microphones

flows() { grep -q '"open":true' "$work/live.log" && ! tail -n 1 "$work/live.log" | grep -q '"captured_frames":0,'; }
attempt() {
  : >"$work/live.log"
  rm -f "$work/heard.wav" "$work/orders"
  listen; local live=$started
  wait_for flows
  record; local recorder=$started
  wait_for heard_something
  sound
  sleep 1.5
  kill -INT "$recorder"; wait "$recorder" || true
  echo quit >"$work/orders"
  wait "$live"
  compute python3 "$here/live.py" virtual "$work"
}
echo "$server: another program hears through it what file mode gives"
steadily attempt
echo "$server: all is well"
