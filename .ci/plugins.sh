#!/usr/bin/env bash
# The plugins in the hosts that people use, each against file mode.
# Usage: .ci/plugins.sh PROGRAM LIBRARY; Debian's ladspa-sdk lv2-dev sordi lilv-utils ffmpeg sox valgrind python3-venv, and from PyPI
# what is a host of VST 3
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
program=$(realpath "${1:?the framewise binary}")
library=$(realpath "${2:?libframewise_plugins.so}")
. "$here/lib.sh"
cd "$work"
say() { echo "plugins: $*"; }
same() { python3 "$here/plugins.py" same "$@"; }

say "installed and removed by one command each"
LIBRARY=$library "$here/../bindings/plugins/install.sh" --microphone --speakers >/dev/null
[ "$(find . -type f | wc -l)" = 8 ]
"$here/../bindings/plugins/install.sh" --remove >/dev/null
if find . -name '*framewise*' | grep .; then exit 1; fi
LIBRARY=$library "$here/../bindings/plugins/install.sh" >/dev/null
export LADSPA_PATH=$HOME/.ladspa
unset LV2_PATH
python3 "$here/plugins.py" make .

say "lv2_validate"
lv2_validate .lv2/framewise.lv2/*.ttl >validated 2>&1 || true
tail -n 1 validated
grep -q 'Found 0 errors' validated

say "analyseplugin"
analyseplugin libframewise_plugins.so >analysed
for label in framewise_mono framewise_stereo; do grep -q "Plugin Label: \"$label\"" analysed; done
grep -q '"latency" output, control' analysed

# What file mode makes of a sound at a latency, with its delay left in. Nobody waits for its blocks; a host's are of any size,
# for which the plugins keep up to a hop less one sample in hand.
file() {
  local sound=$1 latency=$2; shift 2
  "$program" wav "$sound.wav" --output "$sound-$latency-file.wav" --latency "$latency" --raw-delay --quiet "$@"
}
for latency in zero one; do
  file mono-16000 $latency
  file stereo-16000 $latency --link
done
file mono-16000-16 zero
late=159

say "applyplugin, in 16 bits"
applyplugin mono-16000-16.wav applied.wav libframewise_plugins.so framewise_mono 100 0 0 0 >applied.log 2>&1
same applied.wav mono-16000-16-zero-file.wav 3.1e-5 $late

for latency in zero one; do
  frames=$([ $latency = one ] && echo 1 || echo 0)
  for channels in mono stereo; do
    expected=$channels-16000-$latency-file.wav
    say "ffmpeg, LADSPA, $channels, $latency"
    ffmpeg -v error -y -i $channels-16000.wav -af "ladspa=f=libframewise_plugins:p=framewise_$channels:c=c0=100|c1=0|c2=$frames" \
      -c:a pcm_f32le out.wav
    same out.wav $expected 1e-6 $late
    say "ffmpeg, LV2, $channels, $latency"
    ffmpeg -v error -y -i $channels-16000.wav -af "lv2=p=urn\\\\:framewise\\\\:$channels:c=look_ahead=$frames" -c:a pcm_f32le out.wav
    same out.wav $expected 1e-6 $late
    say "lv2apply, $channels, $latency"
    lv2apply -i $channels-16000.wav -o out.wav -c look_ahead $frames urn:framewise:$channels
    same out.wav $expected 1e-6 $late
    say "sox, $channels, $latency"
    sox $channels-16000.wav -e floating-point -b 32 out.wav ladspa libframewise_plugins framewise_$channels 100 0 $frames 0
    same out.wav $expected 1e-6 $late
  done
done

say "hosts that compensate by the latency they are told: aligned with file mode's"
"$program" wav mono-16000.wav --output aligned.wav --latency one --quiet
ffmpeg -v error -y -i mono-16000.wav -af "ladspa=f=libframewise_plugins:p=framewise_mono:c=c2=1:latency=1" -c:a pcm_f32le out.wav
same out.wav aligned.wav 1e-6 0 320
sox mono-16000.wav -e floating-point -b 32 out.wav ladspa -l libframewise_plugins framewise_mono 100 0 1 0
same out.wav aligned.wav 1e-6 0 320

say "pedalboard, VST 3"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pedalboard==0.9.26 numpy==2.4.6
vst3() { late=$(venv/bin/python "$here/plugins_vst3.py" .vst3/Framewise.vst3 "$@"); }
for frames in 0 1; do
  for channels in mono stereo; do
    "$program" wav $channels-16000.wav --output aligned.wav --force --latency "$([ $frames = 1 ] && echo one || echo zero)" --link --quiet
    vst3 $channels-16000.wav out.wav look_ahead_frames=$frames
    same out.wav aligned.wav 1e-6 0 320
  done
done

say "other rates: all hosts give what file mode gives, and the sound unchanged as late as they are told"
for rate_late in 44100:438 48000:477 96000:954; do
  rate=${rate_late%%:*} late=${rate_late#*:}
  sound=stereo-$rate
  file $sound zero --link
  lv2apply -i $sound.wav -o lv2.wav urn:framewise:stereo
  same lv2.wav $sound-zero-file.wav 1e-6 "$late"
  ffmpeg -v error -y -i $sound.wav -af "ladspa=f=libframewise_plugins:p=framewise_stereo" -c:a pcm_f32le ladspa.wav
  same ladspa.wav lv2.wav 1e-6
  ffmpeg -v error -y -i $sound.wav -af "ladspa=f=libframewise_plugins:p=framewise_stereo:c=c1=1:latency=1" -c:a pcm_f32le out.wav
  same out.wav $sound.wav 0
  vst3 $sound.wav out.wav
  same lv2.wav out.wav 0 "$late"
  vst3 $sound.wav out.wav bypass=1 look_ahead_frames=1
  same out.wav $sound.wav 0
done

say "an instance is there in 10 ms: at most 25 million instructions, which take that long at one a clock of 2.5 GHz"
gcc -std=gnu99 -Wall -Wextra -Werror "$here/../bindings/plugins/tests/load.c" -o load -ldl
instructions() {
  valgrind --tool=callgrind --callgrind-out-file=/dev/null ./load "$library" "$1" 2>&1 | sed -n 's/.*Collected : //p'
}
none=$(instructions 0) one=$(instructions 1) two=$(instructions 2)
echo "  $((one - none)) for the first, which reads the models, $((two - one)) for the second"
((one - none > 1000000 && one - none < 25000000 && two - one > 100000 && two - one < 6000000))

say "lv2bench"
for channels in mono stereo; do lv2bench -n 480000 urn:framewise:$channels; done
say "all is well"
