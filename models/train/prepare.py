"""Decode folders of audio once into one int16 file, so that training reads pieces of it at no cost.

prepare.py [--join SECONDS] [--without PATTERN] OUTPUT FOLDER...      writes OUTPUT.pcm and OUTPUT.json
"""

import argparse
import hashlib
import json
import re
from itertools import groupby
from math import gcd
from pathlib import Path

import numpy as np
import soundfile
from scipy.signal import resample_poly

KINDS = {".wav", ".flac", ".ogg", ".opus", ".mp3", ".aiff", ".aif"}


def read_audio(path, sample_rate: int = 16000) -> np.ndarray:
    """First channel of a file as float32, shape (samples,), at the asked rate (Hz)."""
    signal, rate = soundfile.read(path, dtype="float32", always_2d=True)
    signal = signal[:, 0]
    if rate != sample_rate:
        common = gcd(rate, sample_rate)
        signal = resample_poly(signal, sample_rate // common, rate // common).astype(np.float32)
    return signal


def frame_levels(signal: np.ndarray, sample_rate: int = 16000) -> np.ndarray:
    """Power of each 20 ms of a signal in dBFS."""
    size = sample_rate // 50
    frames = signal[: len(signal) // size * size].reshape(-1, size)
    return 10 * np.log10(np.mean(np.square(frames, dtype=np.float64), axis=1) + 1e-10)


def own_snr(signal: np.ndarray, sample_rate: int = 16000) -> float:
    """Estimate of how far speech stands above the floor of its own recording, in dB.

    Exact zeros between words say nothing about the floor under the words, so they are left out.
    """
    levels = frame_levels(signal, sample_rate)
    levels = levels[levels > -90]
    if len(levels) < 10:
        return 0.0
    return float(np.percentile(levels, 90) - np.percentile(levels, 5))


def recordings(folder, join: float, sample_rate: int, without: str | None = None):
    """Path below the folder and samples of every recording in it, folder by folder.

    Those shorter than `join` seconds are put one behind the other with others of the same folder until they are as long
    together: a collection of effects then counts for what it lasts, and a piece of it holds several sounds. Paths in
    which the pattern `without` is found are left out.
    """
    paths = (p for p in Path(folder).rglob("*") if p.suffix.lower() in KINDS)
    paths = sorted(paths, key=lambda path: (path.parent, path.name))
    if without:
        paths = [path for path in paths if not re.search(without, str(path.relative_to(folder)), re.I)]
    for place, group in groupby(paths, key=lambda path: path.parent):
        short, length = [], 0
        for path in group:
            signal = read_audio(path, sample_rate)
            if len(signal) >= join * sample_rate:
                yield path.relative_to(folder), signal
                continue
            short.append(signal)
            length += len(signal)
            if length >= join * sample_rate:
                yield path.relative_to(folder), np.concatenate(short)
                short, length = [], 0
        if short:
            yield place.relative_to(folder), np.concatenate(short)


def prepare(output, folders, sample_rate: int = 16000, join: float = 0.0, without: str | None = None) -> list:
    """Decode every audio file below the folders; return the index that is written beside the samples."""
    index, offset = [], 0
    Path(output).parent.mkdir(parents=True, exist_ok=True)
    with open(f"{output}.pcm", "wb") as pcm:
        for folder in folders:
            for path, signal in recordings(folder, join, sample_rate, without):
                if len(signal) == 0:
                    continue
                samples = np.clip(np.round(signal * 32768), -32768, 32767).astype("<i2")
                pcm.write(samples.tobytes())
                levels = frame_levels(signal, sample_rate)
                active = levels[levels > levels.max(initial=-100) - 30]
                index.append(
                    {
                        "path": str(path),
                        "sha256": hashlib.sha256(samples.tobytes()).hexdigest(),
                        "offset": offset,
                        "samples": len(samples),
                        "level": round(float(10 * np.log10(np.mean(10 ** (active / 10)))), 2)
                        if len(active)
                        else -100.0,
                        "own_snr": round(own_snr(signal, sample_rate), 1),
                    }
                )
                offset += len(samples)
    Path(f"{output}.json").write_text(json.dumps({"sample_rate": sample_rate, "files": index}))
    return index


def main():
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output")
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--sample-rate", type=int, default=16000)
    parser.add_argument(
        "--join", type=float, default=0.0, metavar="SECONDS", help="join shorter recordings of a folder up to this"
    )
    parser.add_argument("--without", metavar="PATTERN", help="leave out recordings in whose path this is found")
    arguments = parser.parse_args()
    for folder in arguments.folders:
        if not Path(folder).is_dir():
            parser.error(f"{folder}: no such folder")
    Path(arguments.output).parent.mkdir(parents=True, exist_ok=True)
    index = prepare(arguments.output, arguments.folders, arguments.sample_rate, arguments.join, arguments.without)
    if not index:
        parser.exit(1, f"{parser.prog}: no sound in {', '.join(arguments.folders)}\n")
    seconds = sum(f["samples"] for f in index) / arguments.sample_rate
    print(f"{arguments.output}: {len(index)} files, {seconds / 3600:.2f} h")


if __name__ == "__main__":
    main()
