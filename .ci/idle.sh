#!/usr/bin/env bash
# What `framewise live` takes of a processor on sound servers without hardware, beside what `arecord | aplay` takes there.
# Usage: .ci/idle.sh PROGRAM SERVER [SECONDS [MOST]], where SERVER is
#   jack        through ALSA's plugin; Debian's jackd2 jack-tools libasound2-plugins alsa-utils
#   pulseaudio  spoken to directly and through ALSA's plugin; Debian's pulseaudio pulseaudio-utils libasound2-plugins alsa-utils
#   pipewire    the same; Debian's pipewire pipewire-alsa pipewire-bin wireplumber alsa-utils
# Each way runs for 10 SECONDS or as many as are given. Fails where the best way takes more than MOST percent of a core; none
# is given where the machine's speed is not known.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
program=$(realpath -e "${1:?the framewise binary}")
server=${2:?jack, pulseaudio or pipewire}
seconds=${3:-10}
most=${4:-}
. "$here/lib.sh"
sound_servers
case $server in
jack)
  device() { echo "pcm.$1 { type plug slave.pcm { type jack capture_ports { 0 system:capture_1 } playback_ports { 0 system:playback_1 } } hint { show on } }"; }
  { device mic; device spk; } >"$work/.asoundrc"
  export JACK_NO_START_SERVER=1 JACK_NO_AUDIO_RESERVATION=1 JACK_DEFAULT_SERVER=framewise$$
  last_tidy() { rm -f /dev/shm/jack*framewise$$*; }
  start jackd jackd -r -t 20000 -n framewise$$ --no-mlock -d dummy -r 48000 -p 480 -C 1 -P 1
  ports() { timeout 10 jack_lsp | grep -q system:capture_1; }
  wait_for ports
  ways=(alsa:mic/alsa:spk)
  names=(mic spk)
  ;;
pulseaudio)
  start pulseaudio pulseaudio --daemonize=no --exit-idle-time=-1 --use-pid-file=no -n \
    --load="module-native-protocol-unix socket=$run/native auth-anonymous=1" \
    --load="module-null-sink sink_name=room rate=48000"
  wait_for pactl info
  ways=(pulseaudio:room.monitor/pulseaudio:room alsa:pulse/alsa:pulse)
  names=(pulse pulse)
  ;;
pipewire)
  pipewire_runs
  for name in room framewise; do
    start pw-loopback pw-loopback --name $name --capture-props="media.class=Audio/Sink node.name=$name" \
      --playback-props="media.class=Audio/Source node.name=$name-microphone"
    wait_for has_node $name
  done
  ways=(pipewire:room-microphone/pipewire:framewise alsa:pipewire/alsa:pipewire)
  names=(pipewire pipewire)
  ;;
*) echo "$server: expected jack, pulseaudio or pipewire" >&2; exit 2 ;;
esac

# Hundredths of a second that these processes have taken so far.
taken() { local sum=0 id fields; for id in "$@"; do read -r -a fields <"/proc/$id/stat"; sum=$((sum + fields[13] + fields[14])); done; echo $sum; }
# measure IDS...: percent of a core in the time that is measured.
measure() {
  local before after
  before=$(taken "$@")
  sleep "$seconds"
  after=$(taken "$@")
  awk "BEGIN { printf \"%.1f\", ($after - $before) * 100 / $(getconf CLK_TCK) / $seconds }"
}
flows() { grep -q '"open":true.*"captured_frames":[1-9]' "$work/live.json"; }
first=
for way in "${ways[@]}"; do
  "$program" live --input "${way%/*}" --output "${way#*/}" --block 480 --no-ui --json >"$work/live.json" 2>"$work/live.log" & live=$!
  if ! wait_for flows; then echo "$server: $way does not run: $(tail -n 1 "$work/live.log")"; exit 1; fi
  percent=$(measure "$live")
  last=$(grep '"event":"status"' "$work/live.json" | tail -n 1)
  kill -TERM "$live"
  wait "$live" || true
  echo "$server: framewise live, $way: $percent % of a core;" \
    "$(python3 -c 'import json, sys; line = json.loads(sys.argv[1]); print(", ".join(f"{name} {line[name]}" for name in ("device_xruns", "underruns", "hop_median_ms", "hop_p99_ms", "total_ms")))' "$last")"
  first=${first:-$percent}
done
mkfifo "$work/sound"
arecord -q -D "${names[0]}" -t raw -f S16_LE -r 48000 -c 1 --period-size=480 --buffer-size=1920 >"$work/sound" 2>>"$work/aplay.log" & recorder=$!
aplay -q -D "${names[1]}" -t raw -f S16_LE -r 48000 -c 1 --period-size=480 --buffer-size=1920 <"$work/sound" 2>>"$work/aplay.log" & player=$!
sleep 1
echo "$server: arecord | aplay: $(measure "$recorder" "$player") % of a core"
kill "$recorder" "$player"
if [ "$most" ] && awk "BEGIN { exit !($first > $most) }"; then echo "$server: more than $most %" >&2; exit 1; fi
