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
    """1.5 s of silence, then five and a half of harmonics under a slow envelope, and noise, all below 4 kHz, so that both rates hold the same sound."""
    draw = random.Random(7)
    hiss = [(draw.uniform(100, 3500), draw.uniform(0, math.tau), 0.004) for _ in range(60)]

    def sound(t):
        t -= 1.5
        # The player leaves out the end of a file.
        if not 0 <= t < 5.5:
            return 0.0
        pitch = 140 * t - 20 / 2.3 * math.cos(2.3 * t)
        envelope = (0.5 - 0.5 * math.cos(9 * t)) ** 2
        voice = sum(math.sin(math.tau * pitch * k) / k for k in range(1, 12))
        return 0.15 * envelope * voice + sum(a * math.sin(math.tau * f * t + p) for f, p, a in hiss)

    long = [sound(n / 48000) for n in range(48000 * 15 // 2)]
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
    start, length = 40000, 8000

    def fit(lag, length, step):
        return correlation(sound[start : start + length : step], hay[start + lag : start + lag + length : step])

    lag = max(range(near - 600, near + 600), key=lambda lag: fit(lag, length, 3))
    return lag, fit(lag, min(len(sound) - start, len(hay) - start - lag), 1)


def heard_by_recorder(folder, name):
    """What the speaker played and what the microphone was given, at 16 kHz."""
    (speaker, microphone), rate = read(f"{folder}/{name}.wav")
    assert rate == 48000, rate
    speaker, microphone = third(speaker), third(microphone)
    if max(map(abs, microphone), default=0) < 0.01:
        disturbed("the recorder heard nothing of what was played")
    return speaker, microphone


def example(folder, stalls):
    """The example at zero frames, which says nothing but what people read."""
    speaker, microphone = heard_by_recorder(folder, "example")
    (noisy,), _ = read(f"{folder}/noisy16.wav")
    (clean,), _ = read(f"{folder}/file-zero.wav")
    _, clear = align(noisy, microphone)
    _, fit = align(clean, speaker)
    last = open(f"{folder}/example.out").read().strip().splitlines()[-1]
    print(f"  correlation with file mode {fit:.4f}, of the played sound {clear:.4f}; it says: {last}")
    excused = clear < 0.98 or " 0 underruns" not in last or int(stalls)
    demand(fit >= 0.95, excused, f"the sound fits by {fit:.3f}; the card stalled {stalls} times")


def measured(folder):
    """The measured round trip against the reported total."""
    found = json.load(open(f"{folder}/measured.json"))
    parts = ["device_in", "ring", "window", "look_ahead", "resampling", "device_out"]
    print(f"  round trip {found['round_trip_ms']:.2f} ms ({found['least_ms']:.2f} to {found['most_ms']:.2f}), reported"
          f" {found['reported_ms']:.2f}: " + ", ".join(f"{part} {found[part + '_ms']:.2f}" for part in parts))
    assert abs(sum(found[part + "_ms"] for part in parts) - found["reported_ms"]) < 0.01, found
    assert found["correlation"] > 0.9, found
    if abs(found["round_trip_ms"] - found["reported_ms"]) > 2:
        disturbed("they differ by more than 2 ms")


def lines(folder, name):
    """The state, second by second, without what happened in between."""
    said = [json.loads(line) for line in open(f"{folder}/{name}.json")]
    return [line for line in said if line["event"] == "status"]


def compare(folder, name, stalls):
    speaker, microphone = heard_by_recorder(folder, name)
    (noisy,), _ = read(f"{folder}/noisy16.wav")
    (clean,), _ = read(f"{folder}/file-{name}.wav")
    heard, clear = align(noisy, microphone)
    played, fit = align(clean, speaker)
    said = lines(folder, name)
    last = said[-1]
    # In the middle of what was said: a line may meet a callback that is late.
    total = sorted(line["total_ms"] for line in said)[len(said) // 2]
    lost = last["underruns"] + last["drops"] + last["overruns"] + last["device_xruns"]
    print(f"  correlation with file mode {fit:.4f}, of the played sound {clear:.4f}; round trip {(played - heard) / 16:.2f} ms,"
          f" reported {total:.2f}; drift {last['drift_ppm']:+.0f} ppm, underruns {last['underruns']}, drops {last['drops']}")
    trip = (played - heard) / 16
    # The recorder hears both ends of the program: what lies between is what it reports.
    near = abs(trip - total) <= 2
    # Both ends have one clock: what is learnt of two comes of callbacks that a busy machine kept waiting.
    swayed = abs(last["drift_ppm"]) > 100
    troubles = f"sound was lost {lost} times, the card stalled {stalls} times, the clocks seemed {last['drift_ppm']:+.0f} ppm apart"
    demand(
        fit >= 0.95 and clear >= 0.98 and near and not last["recording_lost"],
        clear < 0.98 or lost or last["recording_lost"] or int(stalls) or not near or swayed,
        f"the played sound came through by {clear:.3f} and fits by {fit:.3f}, round trip {trip:.2f} ms, {troubles}",
    )
    recordings = sorted(glob.glob(f"{folder}/{name}/*.wav"))
    assert [path[-7:] for path in recordings] == ["dry.wav", "wet.wav"], recordings
    (dry,), _ = read(recordings[0])
    (wet,), _ = read(recordings[1])
    assert len(dry) == len(wet)
    at_dry, fit_dry = align(noisy, dry)
    at_wet, fit_wet = align(clean, wet)
    print(f"  recorded: dry {fit_dry:.4f}, wet {fit_wet:.4f}, {at_wet - at_dry} samples apart")
    demand(
        fit_dry >= 0.95 and fit_wet >= 0.95,
        lost or int(stalls) or swayed,
        f"the recordings fit by {fit_dry:.3f} and {fit_wet:.3f}, {troubles}",
    )
    assert abs(at_wet - at_dry) <= 1, at_wet - at_dry
    json.dump({"trip": trip, "look_ahead_ms": last["look_ahead_ms"], "rest": total - last["look_ahead_ms"]}, open(f"{folder}/{name}-found", "w"))


def virtual(folder):
    """What a program records from the virtual microphone, in pieces: servers without a device lose time when the machine is busy."""
    (heard,), rate = read(f"{folder}/heard.wav")
    assert rate == 48000, rate
    heard = third(heard)
    (clean,), _ = read(f"{folder}/file-zero.wav")
    if max(map(abs, heard)) < 0.01:
        disturbed("nothing was heard")
    near = onset(heard) - onset(clean)
    fits = []
    for start in range(36000, len(clean) - 12000, 8000):
        piece = clean[start : start + 8000]
        if correlation(piece, piece) == 0 or max(map(abs, piece)) < 0.02:
            continue
        lags = range(max(-start, near - 1000), min(near + 3000, len(heard) - start - 8000), 2)
        lag = max(lags, key=lambda lag: correlation(piece[::10], heard[start + lag : start + lag + 8000 : 10]), default=None)
        if lag is not None:
            fits.append(max(correlation(piece, heard[start + n : start + n + 8000]) for n in range(lag - 4, lag + 5)))
    fits.sort(reverse=True)
    print("  correlation with file mode, half second by half second: " + ", ".join(f"{fit:.3f}" for fit in fits))
    # Most pieces undisturbed, and these as they should be.
    if len(fits) < 4 or fits[len(fits) // 2] < 0.95:
        disturbed("too few pieces are whole")


def disturbed(why):
    """Ends with the status that asks for another try."""
    print(f"  {why}")
    sys.exit(75)


def demand(good, excused, what):
    """What must hold. A failure that the player, the recorder, the card or the clock can have caused is tried again."""
    if not good and excused:
        disturbed(what)
    assert good, what


def hop(folder):
    zero, one = (json.load(open(f"{folder}/{name}-found")) for name in ("zero", "one"))
    said = one["look_ahead_ms"] - zero["look_ahead_ms"]
    # From run to run, other parts differ, as the devices begin at other times; what is left is the look-ahead.
    measured = (one["trip"] - one["rest"]) - (zero["trip"] - zero["rest"])
    print(f"the latencies differ by {said:.1f} ms, measured {measured:.2f}")
    assert abs(said - HOP / 16) < 1e-6, said
    assert abs(measured - said) <= 2, measured


if __name__ == "__main__":
    {"make": make, "example": example, "measured": measured, "compare": compare, "hop": hop, "virtual": virtual}[sys.argv[1]](*sys.argv[2:])
