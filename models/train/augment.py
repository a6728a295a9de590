"""Random changes to one-dimensional float32 signals; each function takes the generator that decides.

Cheap on purpose: a clip of three seconds should cost a few milliseconds.
"""

import numpy as np
from scipy.signal import butter, cheby2, fftconvolve, lfilter, resample_poly, sosfilt

FLOOR = 1e-10
SPEEDS = ((9, 10), (19, 20), (21, 20), (11, 10), (7, 6), (6, 7))


def power(signal) -> float:
    """Mean square of a signal."""
    return float(np.dot(signal, signal)) / max(len(signal), 1)


def active_power(signal, frame: int = 320) -> float:
    """Mean square over the frames within 30 dB of the loudest: the level of speech without its pauses."""
    frames = signal[: len(signal) // frame * frame].reshape(-1, frame)
    if len(frames) == 0:
        return power(signal)
    powers = np.einsum("ij,ij->i", frames, frames) / frame
    return float(np.mean(powers[powers >= powers.max() * 1e-3]))


def decibels(ratio_db: float) -> float:
    """Amplitude factor of a gain in dB."""
    return float(10 ** (ratio_db / 20))


def random_filter(rng, signal, reach: float = 0.375):
    """Random second-order filter: gentle spectral shaping, level kept. Poles are stable for any reach below 0.5."""
    r = rng.uniform(-reach, reach, 4)
    shaped = lfilter([1, r[0], r[1]], [1, r[2], r[3]], signal).astype(np.float32)
    return shaped * np.sqrt((power(signal) + FLOOR) / (power(shaped) + FLOOR)).astype(np.float32)


def random_equaliser(rng, signal, sample_rate: int, gain: float = 12.0):
    """One random peak or shelf of up to `gain` dB (cookbook biquads)."""
    frequency = np.exp(rng.uniform(np.log(80), np.log(0.45 * sample_rate)))
    a = decibels(rng.uniform(-gain, gain) / 2)
    w = 2 * np.pi * frequency / sample_rate
    c, alpha = np.cos(w), np.sin(w) / (2 * rng.uniform(0.4, 1.5))
    kind = rng.integers(3)
    if kind == 0:
        b = [1 + alpha * a, -2 * c, 1 - alpha * a]
        d = [1 + alpha / a, -2 * c, 1 - alpha / a]
    else:
        # Low shelf for sign +1, high shelf for sign -1.
        s, root = (1 if kind == 1 else -1), 2 * np.sqrt(a) * alpha
        b = [
            a * (a + 1 - s * (a - 1) * c + root),
            s * 2 * a * (a - 1 - s * (a + 1) * c),
            a * (a + 1 - s * (a - 1) * c - root),
        ]
        d = [a + 1 + s * (a - 1) * c + root, -s * 2 * (a - 1 + s * (a + 1) * c), a + 1 + s * (a - 1) * c - root]
    return lfilter(b, d, signal).astype(np.float32)


def band_limit(rng, signals, sample_rate: int):
    """The same random low-pass, and sometimes a high-pass, on every signal."""
    sections = [butter(4, rng.uniform(2500, 0.47 * sample_rate), fs=sample_rate, output="sos")]
    if rng.random() < 0.3:
        sections.append(butter(2, rng.uniform(80, 350), "highpass", fs=sample_rate, output="sos"))
    sections = np.concatenate(sections)
    return [sosfilt(sections, s).astype(np.float32) for s in signals]


def steep_band_limit(rng, signals, sample_rate: int):
    """The same random band on every signal: either end may be open, gentle or as steep as a telephone's."""
    sections = []

    def edge(low: float, high: float, kind: str):
        at, steepness = np.exp(rng.uniform(np.log(low), np.log(high))), rng.random()
        if steepness < 0.5:
            return butter(int(rng.integers(1, 5)), at, kind, fs=sample_rate, output="sos")
        if steepness < 0.75:
            return butter(int(rng.integers(5, 13)), at, kind, fs=sample_rate, output="sos")
        return cheby2(int(rng.integers(6, 13)), rng.uniform(35, 70), at, kind, fs=sample_rate, output="sos")

    which = rng.random()
    if which < 0.75:
        sections.append(edge(80, 700, "highpass"))
    if which > 0.4:
        sections.append(edge(2400, 0.47 * sample_rate, "lowpass"))
    sections = np.concatenate(sections)
    return [sosfilt(sections, s).astype(np.float32) for s in signals]


def companded(signal):
    """Through 8 bits of the mu-law (ITU-T G.711, without its segments)."""
    peak = max(float(np.abs(signal).max()), 1e-6)
    scale = min(1.0, 1.0 / peak)
    x = signal * np.float32(scale)
    small = np.sign(x) * np.log1p(255 * np.abs(x)) / np.log(256)
    small = np.round(small * 127) / 127
    return (np.sign(small) * np.expm1(np.abs(small) * np.log(256)) / 255 / scale).astype(np.float32)


def telephone(rng, noisy, clean, sample_rate: int):
    """Mixture and target through a telephone: a band, half the rate, and for the mixture 8 bits of the mu-law."""
    band = cheby2(8, rng.uniform(30, 60), (rng.uniform(150, 320), rng.uniform(3300, 3800)), "bandpass", fs=sample_rate, output="sos")
    half = [resample_poly(sosfilt(band, s), 1, 2).astype(np.float32) for s in (noisy, clean)]
    return [resample_poly(s, 2, 1).astype(np.float32)[: len(noisy)] for s in (companded(half[0]), half[1])]


def change_voice(rng, read, samples: int, lowest: float, highest: float):
    """`read(n)` gives n samples; play them faster or slower by a random factor, pitch and formants along with it."""
    down = int(round(20 * np.exp(rng.uniform(np.log(lowest), np.log(highest)))))
    raw = read(-(-samples * down // 20) + 2)
    return resample_poly(raw, 20, down).astype(np.float32)[:samples]


def change_speed(rng, read, samples: int):
    """`read(n)` gives n samples; play them at another speed (pitch moves along), giving `samples`."""
    up, down = SPEEDS[rng.integers(len(SPEEDS))]
    raw = read(-(-samples * down // up) + 2)
    return resample_poly(raw, up, down).astype(np.float32)[:samples]


def room_response(rng, sample_rate: int, early: float):
    """Synthetic room: direct sound, sparse early reflections, decaying noise.

    Returns (whole, early part), each of shape (taps,).
    """
    decay = rng.uniform(0.12, 0.6)
    length = int(decay * sample_rate)
    t = np.arange(length) / sample_rate
    tail = rng.standard_normal(length) * 10 ** (-3 * t / decay)
    gap = int(rng.uniform(0.002, 0.012) * sample_rate)
    tail[:gap] = 0
    tail *= decibels(rng.uniform(-14, 2)) / np.sqrt(np.sum(tail**2) + FLOOR)
    whole = lfilter([1.0], [1.0, -rng.uniform(0.0, 0.5)], tail)
    whole[0] = 1.0
    for _ in range(rng.integers(2, 8)):
        at = rng.integers(gap, min(int(early * sample_rate), length))
        whole[at] += rng.choice((-1, 1)) * rng.uniform(0.1, 0.5)
    first = whole.copy()
    edge = min(int(early * sample_rate), length)
    first[edge:] *= 10 ** (-3 * (t[edge:] - t[edge - 1]) / 0.05)
    return whole.astype(np.float32), first.astype(np.float32)


def convolve(signal, response):
    """Causal convolution, length of the signal."""
    return fftconvolve(signal, response)[: len(signal)].astype(np.float32)


def coloured_noise(rng, samples: int, slope: float):
    """Gaussian noise whose power falls by `slope` dB an octave: 0 white, 3 pink, 6 brown."""
    spectrum = np.fft.rfft(rng.standard_normal(samples).astype(np.float32))
    frequency = np.arange(1, len(spectrum) + 1, dtype=np.float32)
    return np.fft.irfft(spectrum * frequency ** (-slope / 6.02), n=samples).astype(np.float32)


def slow_envelope(rng, samples: int, sample_rate: int, rate: float, depth: float):
    """Smooth random gain with about `rate` turns a second and a spread of `depth` dB."""
    points = max(int(rate * samples / sample_rate), 1) + 2
    values = rng.standard_normal(points) * depth
    return (10 ** (np.interp(np.linspace(0, points - 1, samples), np.arange(points), values) / 20)).astype(np.float32)


def synthetic_noise(rng, samples: int, sample_rate: int, hum_range: tuple = (40.0, 400.0)):
    """One of: steady coloured noise, gusts, hum, clicks, a beeping tone; shape (samples,), level arbitrary."""
    kind = rng.integers(6)
    if kind <= 1:
        return coloured_noise(rng, samples, rng.uniform(-1, 9))
    if kind == 2:
        return coloured_noise(rng, samples, rng.uniform(4, 12)) * slow_envelope(
            rng, samples, sample_rate, rng.uniform(0.5, 8), 8
        )
    t = np.arange(samples, dtype=np.float32) / sample_rate
    if kind == 3:
        base = rng.choice((50.0, 60.0, rng.uniform(*hum_range)))
        hum = 1e-3 * rng.standard_normal(samples)
        for n in range(1, rng.integers(3, 20)):
            hum += (
                rng.uniform(0, 1) / n ** rng.uniform(0.3, 1.5) * np.sin(2 * np.pi * base * n * t + rng.uniform(0, 6.3))
            )
        return hum.astype(np.float32)
    if kind == 4:
        signal = 1e-4 * rng.standard_normal(samples)
        for at in rng.integers(0, samples, rng.poisson(samples / sample_rate * rng.uniform(1, 15)) + 1):
            length = min(int(sample_rate * rng.uniform(0.001, 0.04)), samples - at)
            burst = rng.standard_normal(length) * np.exp(-5 * np.arange(length) / length)
            signal[at : at + length] += burst * decibels(rng.uniform(-12, 0))
        return random_filter(rng, signal.astype(np.float32), 0.48)
    period = rng.uniform(0.15, 1.5)
    gate = ((t + rng.uniform(0, 1)) % period < period * rng.uniform(0.2, 0.9)).astype(np.float32)
    tone = np.sin(2 * np.pi * rng.uniform(150, 5000) * t) * gate
    return (tone + 1e-3 * rng.standard_normal(samples)).astype(np.float32)
