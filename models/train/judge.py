"""Measure a model on the validation split that `validation.py` makes: what it gains, and what harm it does.

judge.py SPLIT MODEL... [--json FILE]

MODEL is a checkpoint or an exported file. Of each kind of pair: PESQ-WB, STOI, SI-SDR, and SI-SDR of both signals
high-passed at 120 Hz (means over files), the noisy input in the first column. Of clean speech: level change in dB over
all, mean, worst file, and the octave that loses most. Of noise: level change. These figures, and no others, may steer a
training.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from scipy.signal import butter, sosfilt

from evaluate import enhance, pairs_of, si_sdr
from export import load_model
from prepare import read_audio

RATE = 16000
HIGH_PASS = butter(4, 120, "highpass", fs=RATE, output="sos")
EDGES = (125, 250, 500, 1000, 2000, 4000, 8000)


def decibels_of(after, before) -> float:
    """Level change in dB."""
    return float(10 * np.log10((np.mean(np.square(after)) + 1e-15) / (np.mean(np.square(before)) + 1e-15)))


def octave_changes(after, before) -> list:
    """Level change of each octave that holds speech, within 40 dB of the strongest; NaN elsewhere."""
    spectra = [np.abs(np.fft.rfft(x)) ** 2 for x in (after, before)]
    frequency = np.fft.rfftfreq(len(before), 1 / RATE)
    parts = [[np.sum(s[(frequency >= low) & (frequency < high)]) for low, high in zip(EDGES, EDGES[1:])] for s in spectra]
    loud = max(parts[1]) * 1e-4
    return [10 * np.log10((a + 1e-15) / b) if b > loud else np.nan for a, b in zip(*parts)]


def pair_scores(estimate, clean) -> dict:
    """All scores of one mixture."""
    from pesq import pesq
    from pystoi import stoi

    return {
        "pesq": float(pesq(RATE, clean, estimate, "wb")),
        "stoi": float(stoi(clean, estimate, RATE)),
        "si_sdr": si_sdr(estimate, clean),
        "si_sdr_120": si_sdr(sosfilt(HIGH_PASS, estimate), sosfilt(HIGH_PASS, clean)),
    }


def judge_pairs(folder, process) -> dict:
    """Scores of every file."""
    rows = {}
    for name, noisy, clean in pairs_of(folder):
        rows[name] = pair_scores(process(read_audio(noisy)), read_audio(clean))
    return rows


def judge_clean(folder, process) -> dict:
    """Level changes of every file, over all and by octave; after a loud talker, those of the last three seconds."""
    rows = {}
    for path in sorted(Path(folder).iterdir()):
        signal = read_audio(path)
        out = process(signal)
        if Path(folder).name == "quiet-after-loud":
            signal, out = signal[4 * RATE :], out[4 * RATE :]
        rows[path.stem] = {"level": decibels_of(out, signal), "octaves": octave_changes(out, signal)}
    return rows


def judge(split, process) -> dict:
    """Everything about one system."""
    split = Path(split)
    return {
        "pairs": {p.name: judge_pairs(p, process) for p in sorted((split / "pairs").iterdir())},
        "clean": {p.name: judge_clean(p, process) for p in sorted((split / "clean").iterdir())},
        "noise": {p.stem: decibels_of(process(s := read_audio(p)), s) for p in sorted((split / "noise").iterdir())},
    }


def means(result: dict) -> dict:
    """One number a kind and figure."""
    table = {}
    for kind, rows in result["pairs"].items():
        for score in next(iter(rows.values())):
            table[f"{kind} {score}"] = float(np.mean([r[score] for r in rows.values()]))
    for kind, rows in result["clean"].items():
        levels = [r["level"] for r in rows.values()]
        octaves = np.nanmean([r["octaves"] for r in rows.values()], 0)
        table[f"{kind} clean"], table[f"{kind} clean worst"] = float(np.mean(levels)), float(np.min(levels))
        table[f"{kind} clean octave"] = float(np.nanmin(octaves))
    table["noise"] = float(np.mean(list(result["noise"].values())))
    return table


def main():
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("split")
    parser.add_argument("models", nargs="+")
    parser.add_argument("--json", help="write every file's figures here")
    a = parser.parse_args()
    torch.set_num_threads(1)
    results = {"noisy": judge(a.split, lambda signal: signal)}
    for path in a.models:
        model = load_model(path)
        results[str(path)] = judge(a.split, lambda signal, model=model: enhance(model, signal))
    tables = {name: means(result) for name, result in results.items()}
    print("| figure | " + " | ".join(tables) + " |\n|---" * 1 + "|---" * len(tables) + "|")
    for figure in tables["noisy"]:
        print(f"| {figure} | " + " | ".join(f"{t[figure]:.3f}" for t in tables.values()) + " |")
    if a.json:
        Path(a.json).write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
