#!/usr/bin/env bash
# Makes noisy.wav: a synthetic voice in rain-like noise, mains hum and a few knocks. Needs espeak-ng and sox.
# Usage: examples/make_noisy.sh [OUTPUT [VOICE]]      VOICE is the voice alone, as loud as it is in OUTPUT
set -euo pipefail
out=${1:-$(dirname "$0")/noisy.wav}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

espeak-ng -v en-gb -s 150 -w "$work/a.wav" "Each frame goes in as it comes, and comes out clean."
espeak-ng -v en-us+f3 -s 155 -w "$work/b.wav" "Nothing waits for the future, or for one frame of it at most."
sox "$work/a.wav" "$work/b.wav" -r 16000 -c 1 "$work/voice.wav" norm -9 pad 0.6 0.8

# -R: the same random numbers on every run.
length=$(soxi -D "$work/voice.wav")
sox -R -n -r 16000 -c 1 "$work/rain.wav" synth "$length" pinknoise band -n 2500 3500 norm -24
sox -R -n -r 16000 -c 1 "$work/hum.wav" synth "$length" sine 100 synth "$length" sine mix 150 norm -34
sox -R -n -r 16000 -c 1 "$work/knock.wav" synth 0.05 brownnoise fade q 0 0.05 0.045 norm -12 pad 0.7 0.65 repeat 4
sox -R -m -v 1 "$work/voice.wav" -v 1 "$work/rain.wav" -v 1 "$work/hum.wav" -v 0.5 "$work/knock.wav" \
    -b 16 "$out" trim 0 "$length" gain -1
if [ $# -ge 2 ]; then
    sox -R "$work/voice.wav" -b 16 "$2" gain -1
fi
