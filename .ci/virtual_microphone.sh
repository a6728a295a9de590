#!/usr/bin/env bash
# The README's virtual microphone, on a sound server without hardware, session bus or rights:
#   recording -> the sink `room`, whose monitor is the only real microphone -> framewise live -> the sink `framewise`
#   -> the microphone `framewise_microphone` -> another program, which records it
# Usage: .ci/virtual_microphone.sh PROGRAM SERVER, where SERVER is
#   pulseaudio      the commands with `pactl`; Debian's pulseaudio pulseaudio-utils libasound2-plugins
#   pipewire-pulse  the same on PipeWire; Debian's pipewire-pulse wireplumber pulseaudio-utils libasound2-plugins
#   pipewire        the commands with `pw-loopback`; Debian's pipewire-alsa pipewire-bin wireplumber
#   pulseaudio-direct, pipewire-direct   `--virtual-mic`, for a binary with the features `pulseaudio` and `pipewire`
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
program=$(realpath "${1:?the framewise binary}")
server=${2:?pulseaudio, pipewire-pulse, pipewire, pulseaudio-direct or pipewire-direct}
. "$here/lib.sh"
sound_servers

case $server in
pulseaudio*)
  start pulseaudio pulseaudio --daemonize=no --exit-idle-time=-1 --use-pid-file=no -n \
    --load="module-native-protocol-unix socket=$run/native auth-anonymous=1" \
    --load="module-null-sink sink_name=room rate=48000"
  ;;
pipewire-pulse)
  pipewire_runs
  start pipewire-pulse pipewire-pulse
  ;;
pipewire | pipewire-direct) pipewire_runs ;;
*) echo "$server: not one of those that this script knows" >&2; exit 2 ;;
esac

compute python3 "$here/live.py" make "$work"
compute "$program" wav "$work/noisy16.wav" --output "$work/file-zero.wav" --latency zero --quiet

direct() { start live "$program" live "$@" --virtual-mic framewise --block 2048 --no-ui --json --control "$work/orders"; }
# What the README says, then the room in place of a real microphone.
if [ "$server" = pipewire-direct ]; then
  start pw-loopback pw-loopback --name room --capture-props='media.class=Audio/Sink node.name=room' \
    --playback-props='media.class=Audio/Source node.name=ear'
  for node in room ear; do wait_for has_node $node; done
  listen() { direct --host pipewire --input ear; }
  record() { start recorder pw-record --target framewise_microphone --rate 48000 --channels 1 --format s16 "$work/heard.wav"; }
  sound() { pw-play --target room "$work/noisy48.wav"; }
  microphones() { pw-cli ls Node | grep -A 3 'node.name = "framewise_microphone"' | grep Audio/Source; }
elif [ "$server" = pulseaudio-direct ]; then
  wait_for pactl info
  listen() { direct --host pulseaudio --input room.monitor; }
  record() { start recorder parecord --device=framewise_microphone --rate=48000 --channels=1 --format=s16le --file-format=wav "$work/heard.wav"; }
  sound() { paplay --device=room "$work/noisy48.wav"; }
  microphones() { pactl list short sources | grep framewise_microphone; }
elif [ "$server" = pipewire ]; then
  start pw-loopback pw-loopback --name framewise \
    --capture-props='media.class=Audio/Sink node.name=framewise node.description=Framewise' \
    --playback-props='media.class=Audio/Source node.name=framewise_microphone node.description="Framewise microphone"'
  echo 'pcm.framewise { type pipewire playback_node framewise hint { show on description "Framewise" } }' >>"$work/.asoundrc"
  start pw-loopback pw-loopback --name room --capture-props='media.class=Audio/Sink node.name=room' \
    --playback-props='media.class=Audio/Source node.name=ear'
  echo 'pcm.ear { type pipewire capture_node ear hint { show on description "Room" } }' >>"$work/.asoundrc"
  for node in framewise framewise_microphone room ear; do wait_for has_node $node; done
  listen() { start live "$program" live --host alsa --input ear --output framewise --block 2048 --no-ui --json --control "$work/orders"; }
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
      start live "$program" live --host alsa --input pulse --output pulse --block 2048 --no-ui --json --control "$work/orders"
  }
  record() { start recorder parecord --device=framewise_microphone --rate=48000 --channels=1 --format=s16le --file-format=wav "$work/heard.wav"; }
  sound() { paplay --device=room "$work/noisy48.wav"; }
  microphones() { pactl list short sources | grep framewise_microphone; }
fi

no_microphones() { ! microphones; }
echo "$server: other programs see the microphone"
case $server in
*-direct)
  # It comes and goes with the program, also with one that is killed.
  for signal in TERM KILL; do
    listen
    wait_for microphones
    microphones
    kill -$signal "$started"
    wait "$started" || true
    wait_for no_microphones
  done
  ;;
*)
  wait_for microphones
  microphones
  ;;
esac

flows() { grep -q '"open":true.*"captured_frames":[1-9]' "$work/live.log"; }
heard_something() { [ -s "$work/heard.wav" ] && [ "$(stat -c %s "$work/heard.wav")" -gt 40000 ]; }
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
