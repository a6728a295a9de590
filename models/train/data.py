"""Mixtures of speech and noise, made on the fly.

Example `index` of step `step` depends on the seed and these two numbers alone, so that a resumed run sees what an
uninterrupted one would have seen, and two models with the same seed see the same data in the same order.
"""

import hashlib
import json
from pathlib import Path

import numpy as np

import augment
from augment import active_power, decibels, power
from config import DataConfig


class Pool:
    """Recordings of one cache made by `prepare.py`; longer ones are drawn more often, by the root of their length."""

    def __init__(self, cache, min_snr: float = 0.0, min_seconds: float = 0.0):
        index = json.loads(Path(f"{cache}.json").read_text())
        self.sample_rate = index["sample_rate"]
        self.pcm = np.memmap(f"{cache}.pcm", dtype="<i2", mode="r")
        self.files = [
            f for f in index["files"] if f["own_snr"] >= min_snr and f["samples"] >= min_seconds * self.sample_rate
        ]
        if not self.files:
            raise ValueError(f"{cache}: no usable recording")
        weights = np.sqrt([f["samples"] for f in self.files])
        self.cumulative = np.cumsum(weights / weights.sum())

    @property
    def record(self) -> dict:
        """Path and hash of the samples of every recording in use."""
        return {f["path"]: f["sha256"] for f in self.files}

    @property
    def digest(self) -> str:
        """One hash for all of them, in their order."""
        return hashlib.sha256("".join(f["sha256"] for f in self.files).encode()).hexdigest()

    @property
    def hours(self) -> float:
        """Audio in the pool."""
        return sum(f["samples"] for f in self.files) / self.sample_rate / 3600

    def pick(self, rng) -> dict:
        """A random recording."""
        return self.files[min(int(np.searchsorted(self.cumulative, rng.random())), len(self.files) - 1)]

    def read(self, rng, file: dict, samples: int):
        """A random piece of a recording as float32; one shorter than asked is repeated, end joined to start."""
        length = file["samples"]
        if length >= samples:
            start = file["offset"] + int(rng.integers(length - samples + 1))
            piece = self.pcm[start : start + samples]
        else:
            whole = self.pcm[file["offset"] : file["offset"] + length]
            piece = np.resize(np.roll(whole, int(rng.integers(length))), samples)
        return piece.astype(np.float32) / 32768


class Mixer:
    """Makes (noisy, clean) pairs from pools of speech and noise."""

    def __init__(self, speech: Pool, noise: Pool, config: DataConfig, seed: int):
        self.speech, self.noise, self.config, self.seed = speech, noise, config, seed
        self.sample_rate = speech.sample_rate
        self.samples = int(config.clip_seconds * self.sample_rate)

    def batch(self, step: int, size: int):
        """Two float32 arrays (size, samples): noisy and clean."""
        pairs = [self.example(np.random.default_rng((self.seed, step, i))) for i in range(size)]
        noisy, clean = zip(*pairs)
        return np.stack(noisy), np.stack(clean)

    def example(self, rng):
        """One pair; each float32, shape (samples,)."""
        c = self.config
        contrast = c.quiet_after_loud > 0 and rng.random() < c.quiet_after_loud
        speech = self.make_contrast(rng) if contrast else self.make_speech(rng)
        if rng.random() < c.speech_filter:
            speech = augment.random_filter(rng, speech)
            if rng.random() < 0.5:
                speech = augment.random_equaliser(rng, speech, self.sample_rate, 8.0)
        noise = self.make_noise(rng)
        clean = speech
        if rng.random() < c.room:
            whole, early = augment.room_response(rng, self.sample_rate, c.early)
            clean, speech = augment.convolve(speech, early), augment.convolve(speech, whole)

        # Levels: speech first, then the noise against it.
        level = rng.uniform(*c.level)
        gain = decibels(level) / np.sqrt(active_power(speech) + augment.FLOOR)
        kind, snr = rng.random(), rng.uniform(*c.snr)
        if kind < c.hard:
            snr = rng.uniform(*c.hard_snr)
        elif contrast or kind < c.hard + c.clean:
            snr = rng.uniform(*c.clean_snr)
        noise = noise * np.float32(decibels(level - snr) / np.sqrt(power(noise) + augment.FLOOR))
        kind = rng.random()
        if kind < c.noise_only:
            gain = 0.0
        elif kind < c.noise_only + c.near_silent:
            quiet = decibels(rng.uniform(-45.0, -25.0))
            gain, noise = gain * quiet, noise * np.float32(quiet)
        speech, clean = speech * np.float32(gain), clean * np.float32(gain)
        noisy = speech + noise
        clean = clean + np.float32(c.floor) * noise

        if rng.random() < c.band_limit:
            limit = augment.steep_band_limit if c.steep else augment.band_limit
            noisy, clean = limit(rng, (noisy, clean), self.sample_rate)
        elif c.companding and rng.random() < c.companding:
            noisy, clean = augment.telephone(rng, noisy, clean, self.sample_rate)
        if c.offset and rng.random() < c.offset:
            noisy = noisy + np.float32(rng.uniform(-0.1, 0.1))
        peak = max(float(np.abs(noisy).max()), float(np.abs(clean).max()), 1e-6)
        if rng.random() < c.clipping:
            limit = np.float32(peak * rng.uniform(0.3, 0.9))
            noisy = np.clip(noisy, -limit, limit)
        elif c.rescale and peak > 0.99:
            noisy, clean = noisy * np.float32(0.99 / peak), clean * np.float32(0.99 / peak)
        return noisy, clean

    def speech_piece(self, rng, samples: int):
        """A piece of one speaker's speech that is not mostly silence."""
        file = self.speech.pick(rng)
        floor = 10 ** ((file["level"] - 12) / 10)
        for _ in range(4):
            piece = self.speech.read(rng, file, samples)
            if power(piece) > floor:
                break
        return piece

    def make_speech(self, rng):
        """Speech of one clip, level arbitrary."""
        c, samples = self.config, self.samples
        if rng.random() < c.joined:
            out = np.zeros(samples, np.float32)
            at = int(rng.uniform(0, 0.3) * samples)
            while at < samples - self.sample_rate // 5:
                length = min(int(rng.uniform(0.7, 2.0) * self.sample_rate), samples - at)
                piece = self.speech_piece(rng, length)
                ramp = min(160, length // 2)
                fade = np.linspace(0, 1, ramp, dtype=np.float32)
                piece[:ramp] *= fade
                piece[-ramp:] *= fade[::-1]
                loudness = decibels(rng.uniform(-6, 6)) * 0.05 / np.sqrt(active_power(piece) + augment.FLOOR)
                out[at : at + length] += piece * np.float32(loudness)
                at += length + int(rng.uniform(0.05, 0.7) * self.sample_rate)
            return out
        return self.one_voice(rng, samples)

    def one_voice(self, rng, samples: int):
        """A piece of speech, as it is or with another voice."""
        c = self.config
        if rng.random() >= c.speed:
            return self.speech_piece(rng, samples)
        if c.voice:
            return augment.change_voice(rng, lambda n: self.speech_piece(rng, n), samples, *c.voice)
        return augment.change_speed(rng, lambda n: self.speech_piece(rng, n), samples)

    def make_contrast(self, rng):
        """Talkers in turns, one of them far below the other; level arbitrary."""
        c, samples = self.config, self.samples
        turn = int(rng.uniform(0.15, 0.6) * samples)
        out = np.zeros(samples, np.float32)
        quiet = decibels(-rng.uniform(*c.quieter))
        first, second = (1.0, quiet) if rng.random() < 0.8 else (quiet, 1.0)
        for part, gain in ((slice(0, turn), first), (slice(turn, samples), second)):
            piece = self.one_voice(rng, part.stop - part.start)
            ramp = np.linspace(0, 1, 160, dtype=np.float32)
            piece[:160] *= ramp
            piece[-160:] *= ramp[::-1]
            out[part] = piece * np.float32(gain / np.sqrt(active_power(piece) + augment.FLOOR))
        return out

    def make_noise(self, rng):
        """Sum of one to three noises at random levels, level arbitrary."""
        c, total = self.config, None
        for _ in range(3):
            one = self.one_noise(rng)
            one = one * np.float32(1.0 / np.sqrt(power(one) + augment.FLOOR))
            total = one if total is None else total + one * np.float32(decibels(rng.uniform(-12.0, 3.0)))
            if rng.random() >= c.extra_noise:
                break
        return total

    def one_noise(self, rng):
        """Babble, synthetic or recorded noise, filtered at random."""
        c, kind = self.config, rng.random()
        if kind < c.babble:
            noise = np.zeros(self.samples, np.float32)
            for _ in range(rng.integers(3, 9)):
                voice = self.speech_piece(rng, self.samples)
                noise += voice * np.float32(decibels(rng.uniform(-8, 0)) / np.sqrt(active_power(voice) + augment.FLOOR))
            if rng.random() < 0.5:
                noise = augment.convolve(noise, augment.room_response(rng, self.sample_rate, c.early)[0])
        elif kind < c.babble + c.synthetic:
            noise = augment.synthetic_noise(rng, self.samples, self.sample_rate, c.hum)
        else:
            file = self.noise.pick(rng)
            if rng.random() < c.speed:
                noise = augment.change_speed(rng, lambda n: self.noise.read(rng, file, n), self.samples)
            else:
                noise = self.noise.read(rng, file, self.samples)
        if rng.random() < c.noise_filter:
            noise = augment.random_filter(rng, noise)
            if rng.random() < 0.6:
                noise = augment.random_equaliser(rng, noise, self.sample_rate, 15.0)
        return noise
