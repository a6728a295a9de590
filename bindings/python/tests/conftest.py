"""Sound and the program that it is compared with."""

import os
import struct
import subprocess
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[3]


def speech_like(rate, channels=1, seconds=1.3, seed=7):
    """Harmonics under a slow envelope in noise, float32 of the shape (channels, samples)."""
    draw = np.random.default_rng(seed)
    t = np.arange(int(rate * seconds)) / rate
    planes = []
    for c in range(channels):
        voice = sum(np.sin(2 * np.pi * (140 + 30 * c) * k * t) / k for k in range(1, 12) if (140 + 30 * c) * k < rate / 2)
        planes.append(0.2 * voice * np.sin(np.pi * 2.3 * t) ** 2 + 0.05 * draw.standard_normal(len(t)))
    return np.asarray(planes, np.float32)


def write_wav(path, rate, samples):
    """A WAV file of float32 or int16 of the shape (channels, samples)."""
    samples = np.atleast_2d(samples)
    kind = samples.dtype.newbyteorder("<")
    body = np.ascontiguousarray(samples.T, kind).tobytes()
    width = len(samples) * kind.itemsize
    tag = 3 if kind.kind == "f" else 1
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, tag, len(samples), rate, rate * width, width, 8 * kind.itemsize)
    size = struct.pack("<4sI4s", b"RIFF", 4 + len(form) + 8 + len(body), b"WAVE")
    Path(path).write_bytes(size + form + struct.pack("<4sI", b"data", len(body)) + body)


def read_wav(path):
    """Samples of the shape (channels, samples) as they are stored, and the rate."""
    data = Path(path).read_bytes()
    at, channels, rate, kind = 12, 0, 0, None
    while at + 8 <= len(data):
        name, size = data[at : at + 4], struct.unpack("<I", data[at + 4 : at + 8])[0]
        if name == b"fmt ":
            tag, channels, rate, _, _, bits = struct.unpack("<HHIIHH", data[at + 8 : at + 24])
            if tag == 0xFFFE:
                tag = struct.unpack("<H", data[at + 32 : at + 34])[0]
            kind = {(1, 16): "<i2", (3, 32): "<f4"}[tag, bits]
        if name == b"data":
            return np.frombuffer(data[at + 8 : at + 8 + size], kind).reshape(-1, channels).T, rate
        at += 8 + size + size % 2
    raise ValueError(path)


@pytest.fixture(scope="session")
def program():
    """Runs `framewise wav` of this source tree on an array and returns what it wrote."""
    named = os.environ.get("FRAMEWISE")
    if named is None:
        subprocess.run(["cargo", "build", "--quiet", "--bin", "framewise"], cwd=ROOT, check=True)
        named = ROOT / os.environ.get("CARGO_TARGET_DIR", "target") / "debug" / "framewise"
    environment = {key: value for key, value in os.environ.items() if key != "FRAMEWISE_KERNELS"}

    def run(folder, rate, samples, *options):
        noisy, clean = folder / "noisy.wav", folder / "clean.wav"
        write_wav(noisy, rate, samples)
        command = [named, "wav", noisy, "-o", clean, "--force", "--quiet", *map(str, options)]
        subprocess.run(command, check=True, env=environment)
        written, found = read_wav(clean)
        assert found == rate
        return written

    return run
