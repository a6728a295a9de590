"""Gather speech of more voices, and make the kinds of it that no collection has.

voices.py gather OUTPUT [--speechocean DIR] [--gcompris DIR] [--mandarin DIR] [--children DIR]...
voices.py vary OUTPUT FOLDER... [--minutes M] [--seed S]

`gather` joins the utterances of a speaker, those that stand far enough above their own floor, and writes
OUTPUT/speech and OUTPUT/speech-valid. No speaker is in both: the part follows from the speaker's name alone. `vary`
writes, of speech in FOLDER, raised and lowered voices (OUTPUT/pitch), raised ones whose formants stay or move by
themselves (OUTPUT/vocoder), whispering (OUTPUT/whisper) and what codecs leave (OUTPUT/codec).
"""

import argparse
import subprocess
import tempfile
import zlib
from pathlib import Path

import numpy as np
import soundfile
from scipy.linalg import solve_toeplitz
from scipy.signal import lfilter

from prepare import KINDS, own_snr, read_audio

RATE = 16000
VALID_PART = 7
"""One speaker of so many is kept for validation."""
PIECE, GAP = 20.0, 0.25
"""Seconds of joined utterances in a file, and of silence between them."""
CODECS = (
    ("mulaw", ["-ar", "8000", "-c:a", "pcm_mulaw"], "wav"),
    ("alaw", ["-ar", "8000", "-c:a", "pcm_alaw"], "wav"),
    ("gsm", ["-ar", "8000", "-c:a", "libgsm"], "gsm"),
    ("opus-8k", ["-c:a", "libopus", "-b:a", "8k", "-application", "voip"], "opus"),
    ("opus-16k", ["-c:a", "libopus", "-b:a", "16k", "-application", "voip"], "opus"),
    ("mp3-24k", ["-c:a", "libmp3lame", "-b:a", "24k"], "mp3"),
    ("mp3-48k", ["-c:a", "libmp3lame", "-b:a", "48k"], "mp3"),
)


def held_out(speaker: str) -> bool:
    """Whether a speaker belongs to the validation split."""
    return zlib.crc32(speaker.encode()) % VALID_PART == 0


def speechocean(folder):
    """(speaker with age and sex, path) of every recording of speechocean762."""
    age, sex = {}, {}
    for part in ("train", "test"):
        for table, name in ((age, "spk2age"), (sex, "spk2gender")):
            for line in Path(folder, part, name).read_text().splitlines():
                speaker, value = line.split()
                table[speaker] = value
    for path in sorted(Path(folder, "WAVE").rglob("*.[wW][aA][vV]")):
        speaker = path.parent.name.removeprefix("SPEAKER")
        yield f"so-{speaker}-{sex[speaker]}{int(age[speaker]):02}", path


def gcompris(folder):
    """(locale, path) of every recording of GCompris-voices; a locale has one speaker or few."""
    for locale in sorted(p for p in Path(folder).iterdir() if p.is_dir() and not p.name.startswith(".")):
        for path in sorted(p for p in locale.rglob("*") if p.suffix.lower() in KINDS | {".oga"}):
            yield f"gc-{locale.name}", path


def mandarin(folder):
    """(speaker, path) of the words of audio-cmn, all of one speaker."""
    for path in sorted(Path(folder).rglob("*.mp3")):
        yield "cmn", path


def package(folder):
    """(folder, path) of a package of children's programs; each folder of it is a language."""
    for path in sorted(p for p in Path(folder).rglob("*") if p.suffix.lower() in KINDS):
        yield f"{Path(folder).name}-{path.parent.name}", path


def gather(output, recordings, least_snr: float, most_minutes: float) -> dict:
    """Write joined utterances; return seconds a speaker. A speaker beyond `most_minutes` is cut off there."""
    seconds, waiting = {}, {}

    def write(speaker):
        part = "speech-valid" if held_out(speaker) else "speech"
        path = Path(output, part, speaker, f"{speaker}-{int(seconds[speaker]):05}.flac")
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, np.concatenate(waiting.pop(speaker)), RATE, subtype="PCM_16")

    for speaker, path in recordings:
        if seconds.get(speaker, 0.0) > most_minutes * 60:
            continue
        try:
            signal = read_audio(path, RATE)
        except soundfile.LibsndfileError:
            continue
        if len(signal) < 0.3 * RATE or own_snr(signal, RATE) < least_snr:
            continue
        signal = signal * np.float32(0.5 / max(np.abs(signal).max(), 1e-6))
        parts = waiting.setdefault(speaker, [])
        parts += [signal, np.zeros(int(GAP * RATE), np.float32)]
        seconds[speaker] = seconds.get(speaker, 0.0) + len(signal) / RATE
        if sum(map(len, parts)) >= PIECE * RATE:
            write(speaker)
    for speaker in list(waiting):
        write(speaker)
    return seconds


def whispered(rng, signal, order: int = 18, size: int = 400):
    """Speech whose excitation is noise: linear prediction frame by frame, the residue's energy kept, its voice not.

    Overlapping frames of `size` samples with a hop of half of it; windowed twice by the root of Hann's window.
    """
    window = np.sqrt(np.hanning(size + 1)[:-1])
    hop = size // 2
    out = np.zeros(len(signal) + size)
    noise = rng.standard_normal(len(signal) + size)
    # Whispering has little below the first formant.
    signal = lfilter([1, -0.9], [1], signal)
    for start in range(0, len(signal) - size, hop):
        frame = signal[start : start + size] * window
        correlation = np.correlate(frame, frame, "full")[size - 1 : size + order]
        if correlation[0] < 1e-9:
            continue
        correlation[0] *= 1.0005
        taps = solve_toeplitz(correlation[:-1], correlation[1:])
        residue = lfilter(np.concatenate(([1.0], -taps)), [1.0], frame)
        excitation = noise[start : start + size] * np.sqrt(np.mean(residue**2))
        out[start : start + size] += lfilter([1.0], np.concatenate(([1.0], -taps)), excitation) * window
    out = out[: len(signal)]
    return (0.3 * out / max(np.abs(out).max(), 1e-6)).astype(np.float32)


def vocoded(rng, signal):
    """A voice with another pitch and, by another factor, other formants (WORLD, by package pyworld)."""
    import pyworld

    x = signal.astype(np.float64)
    pitch, times = pyworld.dio(x, RATE, f0_floor=60, f0_ceil=500)
    pitch = pyworld.stonemask(x, pitch, times, RATE)
    envelope = pyworld.cheaptrick(x, pitch, times, RATE)
    aperiodicity = pyworld.d4c(x, pitch, times, RATE)
    middle = np.median(pitch[pitch > 0]) if np.any(pitch > 0) else 150.0
    wanted = np.exp(rng.uniform(np.log(220), np.log(480)))
    formants = rng.uniform(0.95, 1.35)
    places = np.arange(envelope.shape[1]) / formants
    low = places.astype(int).clip(max=envelope.shape[1] - 2)
    part = (places - low).clip(0, 1)
    envelope = np.ascontiguousarray(envelope[:, low] * (1 - part) + envelope[:, low + 1] * part)
    wide = rng.uniform(1.0, 1.5)
    moved = np.where(pitch > 0, wanted * (pitch.clip(min=1) / middle) ** wide, 0.0).clip(max=700)
    made = pyworld.synthesize(moved, envelope, aperiodicity, RATE)
    return (0.5 * made / max(np.abs(made).max(), 1e-6)).astype(np.float32)


def run(*arguments):
    """A command that must succeed, with nothing to say."""
    subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def shifted(rng, path, output):
    """Pitch and formants moved together, tempo kept (sox)."""
    cents = rng.uniform(200, 1200) if rng.random() < 0.8 else rng.uniform(-600, -150)
    run("sox", str(path), str(output), "gain", "-6", "pitch", f"{cents:.0f}", "rate", "-h", str(RATE))


def coded(rng, path, output):
    """Through one of CODECS and back (ffmpeg)."""
    _, arguments, suffix = CODECS[rng.integers(len(CODECS))]
    with tempfile.TemporaryDirectory() as folder:
        middle = f"{folder}/coded.{suffix}"
        run("ffmpeg", "-y", "-i", str(path), "-ac", "1", *arguments, middle)
        run("ffmpeg", "-y", "-i", middle, "-ar", str(RATE), "-ac", "1", str(output))


def vary(output, folders, minutes: float, seed: int):
    """Write each kind until it has `minutes`, from recordings in random order."""
    paths = [p for folder in folders for p in sorted(Path(folder).rglob("*")) if p.suffix.lower() in KINDS]
    for number, (kind, share) in enumerate((("pitch", 1.0), ("codec", 0.3), ("whisper", 0.15), ("vocoder", 0.4))):
        rng = np.random.default_rng((seed, number))
        left = share * minutes * 60
        for index in rng.permutation(len(paths)):
            signal = read_audio(paths[index], RATE)[: 30 * RATE]
            if len(signal) < RATE or own_snr(signal, RATE) < 25:
                continue
            to = Path(output, kind, f"{kind}-{index:05}.wav")
            to.parent.mkdir(parents=True, exist_ok=True)
            if kind in ("pitch", "codec"):
                with tempfile.NamedTemporaryFile(suffix=".wav") as file:
                    soundfile.write(file.name, signal, RATE, subtype="PCM_16")
                    (shifted if kind == "pitch" else coded)(rng, file.name, to)
            else:
                made = (whispered if kind == "whisper" else vocoded)(rng, signal)
                soundfile.write(to, made, RATE, subtype="PCM_16")
            left -= len(signal) / RATE
            if left <= 0:
                break


def main():
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    g = commands.add_parser("gather")
    g.add_argument("output")
    g.add_argument("--speechocean", help="checkout of jimbozhang/speechocean762")
    g.add_argument("--gcompris", help="checkout of gcompris/GCompris-voices")
    g.add_argument("--mandarin", help="checkout of hugolpz/audio-cmn, folder 96k/hsk")
    g.add_argument("--children", action="append", default=[], help="unpacked package of a children's program")
    g.add_argument("--least-snr", type=float, default=35.0, help="dB of an utterance above its own floor")
    v = commands.add_parser("vary")
    v.add_argument("output")
    v.add_argument("folders", nargs="+")
    v.add_argument("--minutes", type=float, default=150.0)
    v.add_argument("--seed", type=int, default=1)
    a = parser.parse_args()
    if a.command == "vary":
        vary(a.output, a.folders, a.minutes, a.seed)
        return
    sources = [(speechocean, a.speechocean, 10), (gcompris, a.gcompris, 15), (mandarin, a.mandarin, 15)]
    sources += [(package, folder, 10) for folder in a.children]
    for source, folder, minutes in sources:
        if folder:
            seconds = gather(a.output, source(folder), a.least_snr, minutes)
            print(f"{folder}: {len(seconds)} speakers, {sum(seconds.values()) / 3600:.2f} h")


if __name__ == "__main__":
    main()
