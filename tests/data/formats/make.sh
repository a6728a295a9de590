#!/usr/bin/env bash
# Small sound files of other formats than WAV, from sweeps whose every sample `tests/formats.rs` computes for itself.
# Made with ffmpeg 5.1 or later and its libvorbis and libmp3lame.
set -euo pipefail
cd "$(dirname "$0")"

# Channel c of sweep N: 0.3 sin(2 pi (f t + 900 t^2)), f = 200 + 150 c.
sweep() { # rate, channels, seconds
    local parts=() c
    for ((c = 0; c < $2; c++)); do
        parts+=("0.3*sin(2*PI*($((200 + 150 * c))*t+900*t*t))")
    done
    (IFS='|'; printf 'aevalsrc=%s:s=%s:d=%s' "${parts[*]}" "$1" "$3")
}
make() { # rate, channels, seconds, then what ffmpeg takes
    local rate=$1 channels=$2 seconds=$3
    shift 3
    ffmpeg -v error -y -f lavfi -i "$(sweep "$rate" "$channels" "$seconds")" -fflags +bitexact -flags:a +bitexact -map_metadata -1 "$@"
}

make 16000 2 0.25 -sample_fmt s16 stereo.flac
make 48000 1 0.1 -sample_fmt s32 -bits_per_raw_sample 24 deep.flac
make 44100 2 0.2 -c:a libvorbis -q:a 6 -page_duration 50000 stereo.ogg
make 16000 6 0.3 -channel_layout 5.1 -c:a libvorbis -q:a 6 surround.ogg
make 44100 2 0.25 -c:a libmp3lame -b:a 128k -id3v2_version 3 -metadata title=sweep stereo.mp3
make 16000 1 0.3 -c:a libmp3lame -b:a 48k -id3v2_version 0 speech.mp3
make 44100 1 0.2 -c:a libmp3lame -b:a 64k -write_xing 0 -id3v2_version 0 untagged.mp3
make 48000 1 0.1 -c:a mp2 -b:a 64k layer2.mp2
make 16000 2 0.05 -c:a pcm_s16le stereo.w64
make 16000 2 0.05 -c:a pcm_s24be stereo.aiff
make 16000 1 0.05 -c:a pcm_f32be float.aifc -f aiff
ffmpeg -v error -y -i stereo.aiff -c:a pcm_s16le -f aiff little.aifc
ffmpeg -v error -y -f lavfi -i "$(sweep 16000 1 0.05)" -c:a pcm_s8 -f aiff byte.aiff
make 48000 1 0.05 -c:a libopus -b:a 24k unread.opus
