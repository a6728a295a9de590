"""Makes and compares the sound for live.sh; needs nothing but Python."""

import glob
import json
import math
import random
import struct
import sys

HOP = 160


def read(path):
    """Samples of every channel of a 16-bit or float WAV file, and the rate."""
    data = open(path, "rb").read()
    at, channels, rate, bits, tag = 12, 1, 0, 16, 1
    while at + 8 <= len(data):
        name, size = data[at : at + 4], struct.unpack("<I", data[at + 4 : at + 8])[0]
        if name == b"fmt ":
            tag, channels, rate, _, _, bits = struct.unpack("<HHIIHH", data[at + 8 : at + 24])
        if name == b"data":
            body = data[at + 8 : at + 8 + size]
            if bits == 16:
                values = [v / 32768 for v in struct.unpack(f"<{len(body) // 2}h", body[: len(body) // 2 * 2])]
            else:
                values = struct.unpack(f"<{len(body) // 4}f", body[: len(body) // 4 * 4])
            return [values[c::channels] for c in range(channels)], rate
        at += 8 + size + size % 2
    raise ValueError(path)


def write(path, rate, samples):
    body = struct.pack(f"<{len(samples)}h", *(round(32767 * max(-1, min(1, v))) for v in samples))
    header = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(body), b"WAVE", b"fmt ", 16, 1, 1, rate, 2 * rate, 2, 16, b"data", len(body))
    open(path, "wb").write(header + body)


def make(folder):
    """Harmonics under a slow envelope, and noise, all below 4 kHz, so that both rates hold the same sound."""
    draw = random.Random(7)
    hiss = [(draw.uniform(100, 3500), draw.uniform(0, math.tau), 0.004) for _ in range(60)]

    def sound(t):
        t -= 0.5
        # The player leaves out the end of a file.
        if not 0 <= t < 5.5:
            return 0.0
        pitch = 140 * t - 20 / 2.3 * math.cos(2.3 * t)
        envelope = (0.5 - 0.5 * math.cos(9 * t)) ** 2
        voice = sum(math.sin(math.tau * pitch * k) / k for k in range(1, 12))
        return 0.15 * envelope * voice + sum(a * math.sin(math.tau * f * t + p) for f, p, a in hiss)

    long = [sound(n / 48000) for n in range(48000 * 13 // 2)]
    write(f"{folder}/noisy48.wav", 48000, long)
    write(f"{folder}/noisy16.wav", 16000, long[::3])


def third(samples):
    """48 to 16 kHz for a sound that has nothing above 4 kHz: a short average, whose delay is one sample."""
    return [(samples[n - 1] + samples[n] + samples[n + 1]) / 3 for n in range(1, len(samples) - 1, 3)]


def correlation(a, b):
    dot = sum(x * y for x, y in zip(a, b))
    return dot / math.sqrt(max(1e-12, sum(x * x for x in a)) * max(1e-12, sum(y * y for y in b)))


def onset(samples):
    most = max(abs(v) for v in samples)
    return next(n for n, v in enumerate(samples) if abs(v) > 0.1 * most)


def align(sound, hay):
    """How much later `sound` is in `hay`, and how well it fits: from where both begin, then sample by sample.

    The first second is left out: it begins with silence, and the live engine has heard other silence before it.
    """
    near = onset(hay) - onset(sound)
    start, length = 24000, 8000

    def fit(lag, length, step):
        return correlation(sound[start : start + length : step], hay[start + lag : start + lag + length : step])

    lag = max(range(near - 600, near + 600), key=lambda lag: fit(lag, length, 3))
    return lag, fit(lag, min(len(sound) - start, len(hay) - start - lag), 1)


def lines(folder, name):
    return [json.loads(line) for line in open(f"{folder}/{name}.json")]


def compare(folder, name):
    (speaker, microphone), rate = read(f"{folder}/{name}.wav")
    assert rate == 48000, rate
    speaker, microphone = third(speaker), third(microphone)
    (noisy,), _ = read(f"{folder}/noisy16.wav")
    (clean,), _ = read(f"{folder}/file-{name}.wav")
    heard, clear = align(noisy, microphone)
    played, fit = align(clean, speaker)
    last = lines(folder, name)[-1]
    print(f"  correlation with file mode {fit:.4f}, of the played sound {clear:.4f}; round trip {(played - heard) / 16:.2f} ms,"
          f" of which reported {last['total_ms']:.2f}; drift {last['drift_ppm']:+.0f} ppm, underruns {last['underruns']}, drops {last['drops']}")
    assert fit >= 0.95, fit
    assert last["overruns"] == last["lost_frames"] == last["recording_lost"] == 0, last
    recordings = sorted(glob.glob(f"{folder}/{name}/*.wav"))
    assert [path[-7:] for path in recordings] == ["dry.wav", "wet.wav"], recordings
    (dry,), _ = read(recordings[0])
    (wet,), _ = read(recordings[1])
    assert len(dry) == len(wet)
    at_dry, fit_dry = align(noisy, dry)
    at_wet, fit_wet = align(clean, wet)
    print(f"  recorded: dry {fit_dry:.4f}, wet {fit_wet:.4f}, {at_wet - at_dry} samples apart")
    assert fit_dry >= 0.95 and fit_wet >= 0.95 and abs(at_wet - at_dry) <= 1
    json.dump({"trip": (played - heard) / 16, "look_ahead_ms": last["look_ahead_ms"]}, open(f"{folder}/{name}-found", "w"))


def hop(folder):
    zero, one = (json.load(open(f"{folder}/{name}-found")) for name in ("zero", "one"))
    said = one["look_ahead_ms"] - zero["look_ahead_ms"]
    measured = one["trip"] - zero["trip"]
    print(f"the latencies differ by {said:.1f} ms, measured {measured:.2f}")
    assert abs(said - HOP / 16) < 1e-6, said
    # From run to run, the two devices may begin a period of 1024 frames apart.
    period = 1024 / 48
    rest = (measured - said + period / 2) % period - period / 2
    assert abs(rest) <= 2, measured


if __name__ == "__main__":
    {"make": make, "compare": compare, "hop": hop}[sys.argv[1]](*sys.argv[2:])
