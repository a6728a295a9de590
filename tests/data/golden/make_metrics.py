"""Golden values of the metrics, computed by their reference implementations.

    python make_metrics.py

Writes metrics.json beside this file; needs numpy, scipy, torch, torchmetrics 1.9, pystoi 0.4.1, pesq 0.0.4 and librosa
0.11. The signals are made by the formulas below, which tests/metrics.rs repeats: a voice-like sum of harmonics with
pauses, or examples/noisy.wav with pauses cut into it, and what is done to them. SI-SDR comes from torchmetrics, STOI and
ESTOI from pystoi, PESQ from pesq. Log-spectral distance and segmental SNR are short enough to be written out below, from
their definitions, with the transform of librosa.
"""

import json
import wave
from pathlib import Path

import librosa
import numpy as np
import torch
from pesq import pesq
from pystoi import stoi
from torchmetrics.functional.audio import scale_invariant_signal_distortion_ratio

HERE = Path(__file__).resolve().parent
RECORDING = HERE.parents[2] / "examples" / "noisy.wav"
# Only ESTOI draws random numbers, of the size of rounding.
np.random.seed(20240918)


def noise(seed: int, count: int) -> np.ndarray:
    """White noise from -0.5 to 0.5 of a linear congruential generator."""
    state, out = seed, np.empty(count)
    for n in range(count):
        state = (state * 1664525 + 1013904223) % 2**32
        out[n] = (state >> 8) / 2**24 - 0.5
    return out


def voice(rate: int, seconds: float) -> np.ndarray:
    """Harmonics of a wandering pitch, in syllables, with a pause in each second, and a little noise."""
    t = np.arange(int(rate * seconds)) / rate
    phase = 2 * np.pi * (130 * t - 6 * np.cos(2.1 * t))
    harmonics = sum(np.sin(k * phase + 0.7 * k * k) / k for k in range(1, 25))
    syllables = np.sin(2 * np.pi * 2.3 * t) ** 2
    sounding = (t % 1.0 < 0.75).astype(float)
    return 0.1 * harmonics * syllables * sounding + 1e-5 * noise(1, len(t))


def recording() -> np.ndarray:
    """Four seconds of the shipped recording, with a pause in each second."""
    with wave.open(str(RECORDING)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (16000, 1, 2)
        samples = np.frombuffer(file.readframes(file.getnframes()), np.int16) / 32768
    samples = samples[16000:80000]
    return samples * (np.arange(len(samples)) % 16000 < 13000)


def degrade(kind: str, clean: np.ndarray) -> np.ndarray:
    """What is done to the clean signal."""
    n = len(clean)
    peak = np.max(np.abs(clean))
    if kind == "faint noise":
        return clean + 0.02 * peak * noise(2, n)
    if kind == "loud noise":
        return clean + 1.5 * peak * noise(3, n)
    if kind == "noise that comes and goes":
        return 0.5 * clean + 0.8 * peak * noise(4, n) * (np.arange(n) % 4000 < 1500)
    if kind == "clipped":
        return np.clip(clean, -0.2 * peak, 0.2 * peak)
    if kind == "muffled":
        padded = np.concatenate((np.zeros(8), clean))
        return sum(padded[8 - k : 8 - k + n] for k in range(9)) / 9
    if kind == "gaps":
        return clean * (np.arange(n) % 700 < 500) + 0.003 * peak * noise(5, n)
    raise ValueError(kind)


KINDS = ("faint noise", "loud noise", "noise that comes and goes", "clipped", "muffled", "gaps")


def segmental_snr(clean, estimate, rate):
    """Frames of 30 ms every 7.5 ms under a Hann window; each ratio held to -10..35 dB; the last whole frame left out."""
    size = round(0.030 * rate)
    hop = size // 4
    window = np.hanning(size + 2)[1:-1]
    eps = np.finfo(float).eps
    starts = range(0, ((len(clean) - size) // hop) * hop, hop)
    frames = np.array([window * clean[i : i + size] for i in starts])
    errors = np.array([window * (clean - estimate)[i : i + size] for i in starts])
    ratios = 10 * np.log10((frames**2).sum(1) / ((errors**2).sum(1) + eps) + eps)
    return float(np.clip(ratios, -10, 35).mean())


def log_spectral_distance(clean, estimate, rate):
    """Frames of 32 ms every 16 ms under a periodic Hann window; powers held above the clean peak's -80 dB."""
    hop = round(0.016 * rate)
    spectra = [
        np.abs(librosa.stft(s, n_fft=2 * hop, hop_length=hop, window="hann", center=False, dtype=np.complex128)) ** 2
        for s in (clean, estimate)
    ]
    floor = spectra[0].max() * 1e-8
    p, q = (np.maximum(s, floor) for s in spectra)
    return float(np.sqrt(((10 * np.log10(p / q)) ** 2).mean(0)).mean())


def case(source: str, rate: int, kind: str) -> dict:
    """The metrics of one pair."""
    clean = recording() if source == "recording" else voice(rate, 3.0)
    estimate = degrade(kind, clean).astype(np.float32)
    clean = clean.astype(np.float32)
    x, y = clean.astype(np.float64), estimate.astype(np.float64)
    values = {
        "si_sdr": scale_invariant_signal_distortion_ratio(torch.tensor(y), torch.tensor(x), zero_mean=True).item(),
        "segmental_snr": segmental_snr(x, y, rate),
        "log_spectral_distance": log_spectral_distance(x, y, rate),
        "stoi": float(stoi(x, y, rate)),
        "extended_stoi": float(stoi(x, y, rate, extended=True)),
    }
    if rate == 16000:
        values["pesq"] = float(pesq(rate, clean, estimate, "wb"))
    return {"source": source, "rate": rate, "kind": kind, **{k: round(v, 9) for k, v in values.items()}}


def main():
    """All cases, one a line."""
    sources = [("voice", rate) for rate in (8000, 10000, 16000, 22050, 44100, 48000)] + [("recording", 16000)]
    cases = [case(source, rate, kind) for source, rate in sources for kind in KINDS]
    lines = ",\n".join(json.dumps(c) for c in cases)
    (HERE / "metrics.json").write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
