"""Score a model, or a folder of enhanced files, on folders of pairs.

    evaluate.py --model FILE PAIRS...            FILE is a checkpoint or an exported model
    evaluate.py --enhanced FOLDER PAIRS          FOLDER holds files named as those in PAIRS/noisy

PAIRS is a folder with clean/ and noisy/, whose files have the same names. Printed for each folder: PESQ-WB
(package pesq), STOI (package pystoi, the plain one), SI-SDR in dB, the same of both signals high-passed at 120 Hz,
without which rumble decides, DNSMOS overall (package speechmos), means over files, with the noisy input's row first.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from scipy.signal import butter, sosfilt

from export import load_model
from prepare import read_audio

NAMES = ("pesq", "stoi", "si_sdr", "si_sdr_120", "dnsmos")


def delay_of(signal, reference, most: int = 1600) -> int:
    """Samples by which a signal lags behind a reference, by cross-correlation, at most `most` either way."""
    size = 1 << int(np.ceil(np.log2(len(signal) + len(reference))))
    both = np.fft.irfft(np.fft.rfft(signal, size) * np.conj(np.fft.rfft(reference, size)), size)
    near = np.concatenate((both[-most:], both[: most + 1]))
    return int(np.argmax(near)) - most


def shift(signal, delay: int, length: int):
    """Undo a delay in samples; zeros where nothing is known; shape (length,)."""
    out = np.zeros(length, np.float32)
    piece = signal[max(delay, 0) :]
    start = max(-delay, 0)
    count = max(min(len(piece), length - start), 0)
    out[start : start + count] = piece[:count]
    return out


def si_sdr(estimate, reference) -> float:
    """Scale-invariant signal-to-distortion ratio in dB; means are removed first."""
    estimate = estimate.astype(np.float64) - estimate.mean()
    reference = reference.astype(np.float64) - reference.mean()
    wanted = np.dot(estimate, reference) / np.dot(reference, reference) * reference
    return float(10 * np.log10(np.sum(wanted**2) / (np.sum((estimate - wanted) ** 2) + 1e-20)))


def high_passed(signal, sample_rate: int = 16000):
    """Without what lies below 120 Hz: Butterworth, fourth order."""
    return sosfilt(butter(4, 120, "highpass", fs=sample_rate, output="sos"), signal)


def score(estimate, reference, sample_rate: int = 16000) -> dict:
    """All four scores of one file; the delay of the estimate is compensated first."""
    from pesq import pesq
    from pystoi import stoi
    from speechmos import dnsmos

    delay = delay_of(estimate, reference)
    estimate = shift(estimate, delay, len(reference))
    return {
        "pesq": float(pesq(sample_rate, reference, estimate, "wb")),
        "stoi": float(stoi(reference, estimate, sample_rate)),
        "si_sdr": si_sdr(estimate, reference),
        "si_sdr_120": si_sdr(high_passed(estimate, sample_rate), high_passed(reference, sample_rate)),
        "dnsmos": float(dnsmos.run(np.clip(estimate, -1, 1), sample_rate)["ovrl_mos"]),
        "delay": delay,
    }


@torch.no_grad()
def enhance(model, signal):
    """(samples,) -> (samples,), the whole clip at once; equal to the streaming form to rounding."""
    return model.enhance(torch.from_numpy(signal)[None])[0].numpy()


def pairs_of(folder):
    """Names, noisy and clean paths of a folder of pairs."""
    for noisy in sorted(Path(folder, "noisy").iterdir()):
        clean = [p for p in Path(folder, "clean").iterdir() if p.stem == noisy.stem]
        if len(clean) != 1:
            raise FileNotFoundError(f"{folder}: {len(clean)} clean files for {noisy.name}")
        yield noisy.stem, noisy, clean[0]


def evaluate(folder, process) -> dict:
    """Scores of every file of a folder; `process(name, noisy)` gives the signal to score."""
    rows = {}
    for name, noisy, clean in pairs_of(folder):
        rows[name] = score(process(name, read_audio(noisy)), read_audio(clean))
    return rows


def means(rows: dict) -> dict:
    """Mean of each score over files."""
    return {n: round(float(np.mean([r[n] for r in rows.values()])), 4) for n in NAMES}


def enhanced_reader(folder):
    """`process` for `evaluate` that reads files enhanced elsewhere."""
    files = {p.stem: p for p in Path(folder).iterdir() if p.is_file()}

    def process(name, _):
        if name not in files:
            raise FileNotFoundError(f"{folder}: nothing named {name}")
        return read_audio(files[name])

    return process


def main():
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pairs", nargs="+")
    parser.add_argument("--model", action="append", default=[], help="checkpoint or exported model; may be repeated")
    parser.add_argument("--enhanced", help="folder of enhanced files; takes one folder of pairs")
    parser.add_argument("--json", help="write all scores, file by file, here")
    parser.add_argument("--threads", type=int, default=1)
    a = parser.parse_args()
    if a.enhanced and len(a.pairs) != 1:
        parser.error("--enhanced takes one folder of pairs")
    torch.set_num_threads(a.threads)
    systems = {"noisy": lambda _, noisy: noisy}
    for path in a.model:
        model = load_model(path)
        systems[model.config.name] = lambda _, noisy, model=model: enhance(model, noisy)
    if a.enhanced:
        systems[f"{Path(a.enhanced).name} (files)"] = enhanced_reader(a.enhanced)
    result = {}
    for folder in a.pairs:
        print(f"\n| {Path(folder).name} | PESQ-WB | STOI | SI-SDR dB | above 120 Hz | DNSMOS |\n|---|---|---|---|---|---|")
        for system, process in systems.items():
            rows = evaluate(folder, process)
            mean = means(rows)
            result.setdefault(system, {})[Path(folder).name] = {"mean": mean, "files": rows}
            print(
                f"| {system} | {mean['pesq']:.3f} | {mean['stoi']:.3f} | {mean['si_sdr']:.2f} | {mean['si_sdr_120']:.2f} "
                f"| {mean['dnsmos']:.2f} |",
                flush=True,
            )
    if a.json:
        Path(a.json).write_text(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
