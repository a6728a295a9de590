#!/usr/bin/env bash
# The C library: its header is current; C and C++ take both headers without a warning; every function does what they say, alone,
# under valgrind and with the address sanitizer; the examples give what file mode gives.
# Usage: .ci/c.sh PROGRAM FOLDER, where libframewise.so and libframewise.a are in FOLDER; Debian's build-essential cbindgen valgrind
# pkg-config python3-venv; from PyPI a program written for RNNoise
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
program=$(realpath "${1:?the framewise binary}")
libraries=$(realpath "${2:?the folder of libframewise.so}")
c=$here/../bindings/c
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
say() { echo "c: $*"; }

say "the header is current"
"$c/header.sh" --check

# In a folder of their own: libraries that a linker might find otherwise are beside them.
cp "$libraries"/libframewise.{so,a} "$work"
cd "$work"
export LD_LIBRARY_PATH=$work
model=$c/../../models/dual-path-one-frame.safetensors
warnings=(-Wall -Wextra -Werror -pedantic -g -O1 -I"$c/include/framewise")
system=(-lm -lpthread -ldl -lgcc_s)

say "as C and as C++"
gcc -std=c99 "${warnings[@]}" "$c/tests/interface.c" -o shared -L. -lframewise -lm
g++ -std=c++17 -x c++ "${warnings[@]}" "$c/tests/interface.c" -x none -o plus libframewise.a "${system[@]}"
./shared "$model"
./plus "$model" | tee plus.log

say "under valgrind, with less sound"
gcc -std=c99 "${warnings[@]}" -DFRAMES=1920 "$c/tests/interface.c" -o short -L. -lframewise -lm
valgrind --quiet --leak-check=full --errors-for-leak-kinds=definite,indirect,possible --error-exitcode=9 ./short "$model"

say "with the address sanitizer"
gcc -std=c99 "${warnings[@]}" -fsanitize=address,undefined "$c/tests/interface.c" -o checked libframewise.a "${system[@]}"
./checked "$model"

say "the example: as in file mode"
gcc -std=c99 "${warnings[@]}" "$c/examples/denoise.c" -o denoise -L. -lframewise
python3 "$here/plugins.py" make .
raw() { python3 "$here/plugins.py" raw "$@"; }
same() { python3 "$here/plugins.py" same "$@"; }
late() { sed -n 's/.* \([0-9]*\) late$/\1/p' "$1"; }
raw mono-16000.wav noisy.raw
./denoise 16000 <noisy.raw >clean.raw 2>said
cat said
python3 "$here/plugins.py" wav clean.raw 16000 32 clean.wav
"$program" wav mono-16000.wav --output file.wav --latency zero --quiet
same clean.wav file.wav 1e-6 "$(late said)"
if ./denoise 5 </dev/null 2>refused; then exit 1; fi
cat refused
grep -q '5 Hz' refused

say "a program written for RNNoise: as the example, in 16 bits and without its first frame"
gcc -std=c99 "${warnings[@]}" "$c/examples/rnnoise_demo.c" -o rnnoise_demo -L. -lframewise
raw mono-48000.wav noisy.raw
./denoise 48000 <noisy.raw >clean.raw 2>said
python3 "$here/plugins.py" wav clean.raw 48000 32 clean.wav
raw mono-48000-16.wav noisy.raw
./rnnoise_demo noisy.raw demo.raw
python3 "$here/plugins.py" wav demo.raw 48000 16 demo.wav
same clean.wav demo.wav 6.2e-5 $(($(late said) - $(late plus.log) + 480))

say "pyrnnoise, a program made for RNNoise's library, which finds this one in its place: the same to the bit"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-deps numpy==2.4.6 pyrnnoise==0.4.5
pyrnnoise=$(echo venv/lib/python3*/site-packages/pyrnnoise)
cp libframewise.so "$pyrnnoise/librnnoise.so"
venv/bin/python "$here/c_pyrnnoise.py" "$pyrnnoise/rnnoise.py" noisy.raw python.raw
cmp demo.raw python.raw

say "RNNoise's own demo, unchanged: the same to the bit"
if curl -fsSL --max-time 20 https://raw.githubusercontent.com/xiph/rnnoise/v0.2/examples/rnnoise_demo.c >theirs.c 2>unreached; then
  gcc -I"$c/include/framewise" theirs.c -o theirs -L. -lframewise
  ./theirs noisy.raw theirs.raw
  cmp demo.raw theirs.raw
else
  echo "it cannot be fetched here, and was not tried"
fi

say "installed: found by pkg-config, and by its soname when it runs"
"$c/install.sh" "$work/installed" --profile test >/dev/null
export PKG_CONFIG_PATH=$work/installed/lib/pkgconfig
# Words apart, as a makefile has them.
read -ra flags <<<"$(pkg-config --cflags --libs framewise)"
gcc -std=c99 -Wall -Wextra -Werror -pedantic "$c/examples/denoise.c" -o found "${flags[@]}"
soname=libframewise.so.$(pkg-config --modversion framewise | cut -d . -f 1,2)
readelf -d found | grep -qF "[$soname]"
raw mono-16000.wav noisy.raw
LD_LIBRARY_PATH= ./found 16000 <noisy.raw 2>refused && exit 1
grep -qF "$soname" refused
LD_LIBRARY_PATH=$work/installed/lib ./found 16000 <noisy.raw >found.raw 2>said
./denoise 16000 <noisy.raw 2>said | cmp - found.raw

say "all is well"
