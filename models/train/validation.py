"""Make the validation split: pairs from speakers and noises that training never sees, and clean speech by itself.

validation.py OUTPUT --speech FOLDER... --noise FOLDER... [--seed S] [--each N]

Everything follows from the seed. OUTPUT/pairs/KIND/{noisy,clean}/*.flac are mixtures, OUTPUT/clean/KIND/* speech that
should come out as it went in, OUTPUT/noise/*.flac noise alone. A name begins with the speaker, so that results can be
grouped; `judge.py` measures a model on all of it. Give speech with a folder for each speaker (as `voices.py gather`
writes it) or a file for each speaker; sex and age stand at the end of a speaker's name where they are known, as in
`so-0006-f06`.
"""

import argparse
import re
from pathlib import Path

import numpy as np
import soundfile
from scipy.signal import cheby2, sosfilt

import augment
from augment import active_power, decibels, power
from prepare import KINDS, own_snr, read_audio
from voices import coded, shifted, vocoded, whispered

RATE = 16000
SECONDS = 6.0
CLEAN_SNR = 30.0
"""dB of a recording above its own floor, to be the clean side of a pair."""


def speakers(folders) -> dict:
    """Paths by speaker."""
    found = {}
    for folder in folders:
        for path in sorted(p for p in Path(folder).rglob("*") if p.suffix.lower() in KINDS):
            name = path.parent.name if re.match(r"(so|gc)-", path.parent.name) else path.stem.rsplit("-", 1)[0]
            found.setdefault(name, []).append(path)
    return found


def age(speaker: str) -> int | None:
    """Years at the end of a speaker's name."""
    match = re.fullmatch(r"so-\d+-[fm](\d\d)", speaker)
    return int(match[1]) if match else None


class Maker:
    """Draws speech and noise, and writes what is made of them."""

    def __init__(self, output, voices: dict, noises: list, seed: int):
        self.output, self.voices, self.noises, self.seed = Path(output), voices, noises, seed
        self.children = [s for s in voices if (age(s) or 99) <= 11]
        self.adults = [s for s in voices if s not in self.children]

    def speech(self, rng, speaker: str, seconds: float = SECONDS):
        """A piece of a speaker's speech at an active level of -26 dBFS."""
        paths = self.voices[speaker]
        for index in rng.permutation(len(paths)):
            signal = read_audio(paths[index], RATE)
            if len(signal) >= 2 * RATE and own_snr(signal, RATE) >= CLEAN_SNR:
                break
        length = int(seconds * RATE)
        start = int(rng.integers(max(len(signal) - length, 0) + 1))
        return self.levelled(signal[start : start + length], -26.0)

    @staticmethod
    def levelled(signal, level: float):
        """At an active level in dBFS."""
        return signal * np.float32(decibels(level) / np.sqrt(active_power(signal) + augment.FLOOR))

    def noise(self, rng, samples: int):
        """A piece of a noise."""
        signal = read_audio(self.noises[rng.integers(len(self.noises))], RATE)
        if len(signal) < samples:
            signal = np.resize(signal, samples)
        start = int(rng.integers(len(signal) - samples + 1))
        piece = signal[start : start + samples]
        return piece if power(piece) > 1e-9 else self.noise(rng, samples)

    def write(self, folder: str, name: str, signal):
        """One file of 16 bits, or of floats where it goes beyond them."""
        whole = np.abs(signal).max() < 1.0
        path = self.output / folder / (f"{name}.flac" if whole else f"{name}.wav")
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, signal, RATE, subtype="PCM_24" if whole else "FLOAT")

    def pair(self, kind: str, speaker: str, number: int, snr: float, change=lambda rng, s, n: (s + n, s)):
        """A mixture; `change` makes (noisy, clean) of speech and noise."""
        rng = np.random.default_rng((self.seed, number))
        speech = self.speech(rng, speaker)
        noise = self.noise(rng, len(speech))
        noise = noise * np.float32(decibels(-26.0 - snr) / np.sqrt(power(noise)))
        noisy, clean = change(rng, speech, noise)
        peak = np.float32(0.99 / max(np.abs(noisy).max(), np.abs(clean).max(), 0.99))
        name = f"{speaker}_{number:04}_{snr:+.0f}dB"
        self.write(f"pairs/{kind}/noisy", name, noisy * peak)
        self.write(f"pairs/{kind}/clean", name, clean * peak)


def telephone(rng, speech, noise):
    """Both through one steep band from 300 to 3400 Hz."""
    band = cheby2(10, 50, (280, 3450), "bandpass", fs=RATE, output="sos")
    return tuple(sosfilt(band, s).astype(np.float32) for s in (speech + noise, speech))


def room(rng, speech, noise):
    """Speech in a room, whose early part is wanted."""
    whole, early = augment.room_response(rng, RATE, 0.05)
    return augment.convolve(speech, whole) + noise, augment.convolve(speech, early)


def clipped(rng, speech, noise):
    """A mixture that is clipped at a third of its peak."""
    noisy = speech + noise
    limit = np.abs(noisy).max() * 0.35
    return np.clip(noisy, -limit, limit), speech


def main():
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output")
    parser.add_argument("--speech", nargs="+", required=True)
    parser.add_argument("--noise", nargs="+", required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--each", type=int, default=16, help="files of each kind")
    a = parser.parse_args()
    noises = [p for f in a.noise for p in sorted(Path(f).rglob("*")) if p.suffix.lower() in KINDS and "cry" not in p.name]
    maker = Maker(a.output, speakers(a.speech), noises, a.seed)
    number = 0

    def each(pool, count=a.each):
        nonlocal number
        order = np.random.default_rng((a.seed, 77, number)).permutation(len(pool))
        for i in range(count):
            number += 1
            yield number, pool[order[i % len(order)]], np.random.default_rng((a.seed, 5, number))

    everyone = list(maker.voices)
    for kind, ratios in (("low", (-10, -5)), ("middle", (0, 5, 10)), ("high", (15, 20))):
        for i, (n, speaker, _) in enumerate(each(everyone, 2 * a.each)):
            maker.pair(kind, speaker, n, ratios[i % len(ratios)])
    for kind, change in (("telephone", telephone), ("room", room), ("clipped", clipped)):
        for n, speaker, _ in each(everyone):
            maker.pair(kind, speaker, n, 10.0, change)
    for n, speaker, _ in each(maker.children):
        maker.pair("children", speaker, n, 5.0)

    def clean(kind, pool, make, count=a.each):
        for n, speaker, rng in each(pool, count):
            maker.write(f"clean/{kind}", f"{speaker}_{n:04}", make(rng, maker.speech(rng, speaker)))

    def from_file(change):
        def make(rng, speech):
            source, made = maker.output / "source.wav", maker.output / "made.wav"
            soundfile.write(source, speech, RATE, subtype="PCM_16")
            change(rng, source, made)
            signal = read_audio(made, RATE)
            source.unlink()
            made.unlink()
            return maker.levelled(signal, -26.0)

        return make

    women = [s for s in maker.adults if "-f" in s or not s.startswith("so-")]
    clean("read", maker.adults, lambda rng, s: s)
    clean("children", maker.children, lambda rng, s: s)
    clean("pitch", women, from_file(shifted))
    clean("vocoded", everyone, lambda rng, s: maker.levelled(vocoded(rng, s), -26.0))
    clean("whispered", maker.adults, lambda rng, s: maker.levelled(whispered(rng, s), -26.0))
    clean("coded", everyone, from_file(coded))
    clean("telephone", everyone, lambda rng, s: telephone(rng, s, 0 * s)[1])
    for level in (-50, -30, -10, 0):
        clean(f"level{level}", maker.adults, lambda rng, s, level=level: maker.levelled(s, level), a.each // 2)
    for n, speaker, rng in each(maker.adults):
        other = maker.adults[rng.integers(len(maker.adults))]
        loud, quiet = maker.speech(rng, speaker, 3.0), maker.speech(rng, other, 4.0)
        quiet = quiet * np.float32(decibels(-30.0))
        maker.write("clean/quiet-after-loud", f"{other}_{n:04}", np.concatenate((loud, quiet)))
    for n in range(3 * a.each):
        rng = np.random.default_rng((a.seed, 9, n))
        noise = maker.noise(rng, int(SECONDS * RATE))
        noise = noise * np.float32(decibels(-36.0) / np.sqrt(power(noise)))
        maker.write("noise", f"noise_{n:04}", noise.clip(-0.99, 0.99))


if __name__ == "__main__":
    main()
