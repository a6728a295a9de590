#!/usr/bin/env bash
# The whole of `framewise live` on a sound card in software: no hardware, no session bus, no rights.
#   recording -> jack-play -> JACK dummy server -> virtual microphone -> framewise live -> virtual speaker -> jack_rec
# Packages on Debian: jackd2 jack-tools libasound2-plugins (to run), libasound2-dev pkg-config (to build).
# Usage: .ci/live.sh PROGRAM, the framewise binary built with the features `cli` and `live`.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
program=$(realpath "${1:?the framewise binary}")
work=$(mktemp -d)
ours=()
server=framewise$$
tidy() {
  local status=$?
  for ((n = ${#ours[@]} - 1; n >= 0; n--)); do kill "${ours[n]}" 2>/dev/null || true; done
  for id in "${ours[@]}"; do wait "$id" 2>/dev/null || true; done
  if [ $status -ne 0 ]; then
    for log in "$work"/*.log; do echo "--- ${log##*/}"; grep -v "^ALSA lib" "$log" | head -c 3000; done
  fi
  rm -rf "$work"
  exit $status
}
trap tidy EXIT
export HOME=$work LC_ALL=C JACK_DEFAULT_SERVER=$server JACK_NO_START_SERVER=1 JACK_NO_AUDIO_RESERVATION=1
unset ALSA_CONFIG_PATH
wait_for() {
  local tries=$1; shift
  for ((n = 0; n < tries; n++)); do "$@" >/dev/null 2>&1 && return 0; sleep 0.05; done
  echo "in vain: $*" >&2
  return 1
}

device() {
  echo "pcm.$1 { type plug slave.pcm { type jack capture_ports { 0 system:capture_1 } playback_ports { 0 system:playback_1 } } hint { show on description \"$2\" } }"
}
{ device mic "virtual microphone"; device spk "virtual speaker"; } > "$work/.asoundrc"
serve() {
  jackd -r -S -n "$server" --no-mlock -d dummy -r 48000 -p 1024 -C 1 -P 1 >"$work/jackd.log" 2>&1 & card=$!
  ours+=("$card")
  wait_for 200 jack_lsp system:capture_1
}
serve

echo "devices are listed"
"$program" devices > "$work/devices.txt" 2>"$work/devices.log"
grep -q "alsa:mic" "$work/devices.txt"
"$program" devices --json 2>>"$work/devices.log" | python3 -c '
import json, sys
ids = {device["id"] for device in json.load(sys.stdin)}
assert {"alsa:mic", "alsa:spk"} <= ids, ids'

echo "the sound: 0.5 s of silence, then six seconds of something like noisy speech, at 48 and at 16 kHz"
python3 "$here/live.py" make "$work"
for latency in zero one; do
  "$program" wav "$work/noisy16.wav" --output "$work/file-$latency.wav" --latency $latency --quiet
done

# One run of the program with a recording played into its microphone: play NAME SECONDS ARGUMENTS...
play() {
  local name=$1 seconds=$2; shift 2
  "$program" live --input alsa:mic --output alsa:spk --no-ui --json --seconds "$seconds" "$@" \
    >"$work/$name.json" 2>"$work/$name.log" & local live=$!; ours+=("$live")
  wait_for 200 grep -q "output alsa:spk" "$work/$name.log"
  local microphone speaker player
  linked() {
    microphone=$(jack_lsp -c system:capture_1 | sed -n 's/^ \+//p' | head -n 1)
    speaker=$(jack_lsp -c system:playback_1 | sed -n 's/^ \+//p' | head -n 1)
    [ "$microphone" ] && [ "$speaker" ]
  }
  wait_for 200 linked
  linked
  timeout 60 jack_rec -f "$work/$name.wav" -d $((seconds - 2)) -b 16 "$speaker" system:capture_1 \
    >"$work/record.log" 2>&1 & local record=$!; ours+=("$record")
  wait_for 200 jack_lsp jackrec:input2
  timeout 60 jack-play "$work/noisy48.wav" >"$work/play.log" 2>&1 & local playing=$!; ours+=("$playing")
  playing() { player=$(jack_lsp | grep '^jack-play.*:out_1$'); }
  wait_for 200 playing
  playing
  jack_connect "$player" "$microphone"
  jack_connect "$player" jackrec:input2
  wait "$playing" "$record" || true
  wait "$live"
}

for latency in zero one; do
  echo "latency $latency: what the speaker plays is what file mode gives"
  play "$latency" 12 --latency $latency --record-dir "$work/$latency"
  python3 "$here/live.py" compare "$work" $latency
done
python3 "$here/live.py" hop "$work"

echo "SIGTERM ends a run cleanly, with its recordings whole"
"$program" live --input alsa:mic --output alsa:spk --no-ui --record-dir "$work/term" \
  >"$work/term.txt" 2>"$work/term.log" & live=$!; ours+=("$live")
wait_for 200 grep -q "delay" "$work/term.txt"
kill -TERM "$live"
wait "$live"
grep -q "recorded" "$work/term.log"
for recording in "$work"/term/*.wav; do "$program" wav "$recording" --output "$work/again.wav" --force --quiet; done

echo "a control file steers it"
"$program" live --input alsa:mic --output alsa:spk --no-ui --json --control "$work/orders" --seconds 30 \
  >"$work/orders.json" 2>"$work/orders.log" & live=$!; ours+=("$live")
wait_for 200 grep -q total_ms "$work/orders.json"
printf 'bypass on\nlatency one\nstrength 12\n' > "$work/orders"
wait_for 200 grep -q '"bypass":true,"latency_frames":1,"strength_db":12.0' "$work/orders.json"
sleep 1.1
echo quit > "$work/orders"
wait "$live"
echo "the view draws, and leaves the terminal as it was"
script -qec "stty rows 40 cols 120; $program live --input alsa:mic --output alsa:spk --seconds 3 2>$work/view.log" "$work/view.txt" \
  >/dev/null </dev/null
for seen in microphone look-ahead underruns $'\x1b\\[?1049h' $'\x1b\\[?1049l'; do grep -qa -- "$seen" "$work/view.txt"; done

echo "a card that goes away and comes back is opened again"
"$program" live --input alsa:mic --output alsa:spk --no-ui --json --seconds 60 \
  >"$work/gone.json" 2>"$work/gone.log" & live=$!; ours+=("$live")
wait_for 200 grep -q total_ms "$work/gone.json"
kill "$card"
wait_for 300 grep -q "trying again" "$work/gone.log"
wait "$card" || true
serve
wait_for 400 grep -q "the devices are back" "$work/gone.log"
wait_for 200 grep -q '"open":true.*"reopened":1' "$work/gone.json"
kill -TERM "$live"
wait "$live"
echo "live: all is well"
