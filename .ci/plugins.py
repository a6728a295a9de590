"""Makes and compares the sound for plugins.sh; needs nothing but Python."""

import math
import random
import struct
import sys


def read(path):
    """Samples of every channel of a WAV file of 16 or 32 bits, and the rate."""
    data = open(path, "rb").read()
    at, channels, rate, bits, tag = 12, 1, 0, 16, 1
    while at + 8 <= len(data):
        name, size = data[at : at + 4], struct.unpack("<I", data[at + 4 : at + 8])[0]
        if name == b"fmt ":
            tag, channels, rate, _, _, bits = struct.unpack("<HHIIHH", data[at + 8 : at + 24])
            if tag == 0xFFFE:
                tag = struct.unpack("<H", data[at + 32 : at + 34])[0]
        if name == b"data":
            body = data[at + 8 : at + 8 + size]
            code, full = {(1, 16): ("h", 2**15), (1, 32): ("i", 2**31), (3, 32): ("f", 1)}[tag, bits]
            count = len(body) // (bits // 8)
            values = [v / full for v in struct.unpack(f"<{count}{code}", body[: count * bits // 8])]
            return [values[c::channels] for c in range(channels)], rate
        at += 8 + size + size % 2
    raise ValueError(path)


def write(path, rate, planes, bits):
    values = [v for frame in zip(*planes) for v in frame]
    if bits == 16:
        body = struct.pack(f"<{len(values)}h", *(round(32768 * v) for v in values))
    else:
        body = struct.pack(f"<{len(values)}f", *values)
    width = len(planes) * bits // 8
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1 if bits == 16 else 3, len(planes), rate, rate * width, width, bits)
    size = struct.pack("<4sI4s", b"RIFF", 4 + len(form) + 8 + len(body), b"WAVE")
    open(path, "wb").write(size + form + struct.pack("<4sI", b"data", len(body)) + body)


def raw(path, to):
    """The samples of a file as this script writes them, without its header."""
    open(to, "wb").write(open(path, "rb").read()[44:])


def wav(path, rate, bits, to):
    """A file of one channel around such samples."""
    body = open(path, "rb").read()
    code, full = {"16": ("h", 32768), "32": ("f", 1)}[bits]
    width = int(bits) // 8
    write(to, int(rate), [[v / full for v in struct.unpack(f"<{len(body) // width}{code}", body)]], int(bits))


def make(folder):
    """Two seconds of harmonics under a slow envelope and noise in two channels, in 16 bits and in floats of the same values."""
    for rate in (16000, 44100, 48000, 96000):
        draw = random.Random(7)
        planes = []
        for c in range(2):
            def tone(t, pitch=140 + 30 * c):
                voice = sum(math.sin(math.tau * pitch * t * k) / k for k in range(1, 12))
                return 0.15 * (0.5 - 0.5 * math.cos(9 * t)) ** 2 * voice

            values = (tone(n / rate) + draw.uniform(-0.02, 0.02) for n in range(2 * rate))
            planes.append([round(32768 * v) / 32768 for v in values])
        for name, some in (("mono", planes[:1]), ("stereo", planes)):
            write(f"{folder}/{name}-{rate}.wav", rate, some, 32)
            write(f"{folder}/{name}-{rate}-16.wav", rate, some, 16)


def same(found, expected, tolerance, late="0", end="0"):
    """`found` is `expected` so many samples later; one may end before the other.

    Compensated, file mode begins with the sound; the first window of a stream is heard before it. File mode then knows where a
    sound ends, and a stream hears silence after it: `end` samples are left out.
    """
    (found, rate), (expected, other) = read(found), read(expected)
    assert rate == other and len(found) == len(expected), (rate, other, len(found), len(expected))
    worst, late = 0, int(late)
    for a, b in zip(found, expected):
        assert min(len(a), len(b)) > rate and max(map(abs, b)) > 0.05, "too little to compare"
        begin, b = next(n for n, v in enumerate(b) if v), b[: len(b) - int(end)]
        worst = max([worst] + [abs(x - y) for x, y in zip(a[late + begin :], b[begin:])])
    print(f"  {worst:.1e} apart, {late} samples later")
    assert worst <= float(tolerance), f"expected at most {tolerance}"


if __name__ == "__main__":
    {"make": make, "raw": raw, "wav": wav, "same": same}[sys.argv[1]](*sys.argv[2:])
