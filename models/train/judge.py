"""Measure a model on the validation split that `validation.py` makes: what it gains, and what harm it does.

judge.py SPLIT MODEL... [--files NAME=FOLDER]... [--against MODEL] [--json FILE]

MODEL is a checkpoint or an exported file; FOLDER holds what another program made of SPLIT, under the same names. Of each kind of pair: PESQ-WB, STOI, SI-SDR, and SI-SDR of both signals
high-passed at 120 Hz (means over files), the noisy input in the first column. Of clean speech: level change in dB over
all, mean, worst file, and the octave that loses most. Of noise: level change. With `--against`, how each score of the
pairs differs from that model's: the mean over speakers, of the mean over each speaker's files, and Wilcoxon's test over
speakers. These figures, and no others, may steer a training.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch

from evaluate import enhance, high_passed, pairs_of, si_sdr
from export import load_model
from prepare import read_audio

RATE = 16000
EDGES = (125, 250, 500, 1000, 2000, 4000, 8000)


def decibels_of(after, before) -> float:
    """Level change in dB."""
    return float(10 * np.log10((np.mean(np.square(after)) + 1e-15) / (np.mean(np.square(before)) + 1e-15)))


def octave_changes(after, before) -> list:
    """Level change of each octave that holds speech, within 40 dB of the strongest; None elsewhere."""
    spectra = [np.abs(np.fft.rfft(x)) ** 2 for x in (after, before)]
    frequency = np.fft.rfftfreq(len(before), 1 / RATE)
    parts = [[np.sum(s[(frequency >= low) & (frequency < high)]) for low, high in zip(EDGES, EDGES[1:])] for s in spectra]
    loud = max(parts[1]) * 1e-4
    return [float(10 * np.log10((a + 1e-15) / b)) if b > loud else None for a, b in zip(*parts)]


def pair_scores(estimate, clean) -> dict:
    """All scores of one mixture."""
    from pesq import pesq
    from pystoi import stoi

    return {
        "pesq": float(pesq(RATE, clean, estimate, "wb")),
        "stoi": float(stoi(clean, estimate, RATE)),
        "si_sdr": si_sdr(estimate, clean),
        "si_sdr_120": si_sdr(high_passed(estimate), high_passed(clean)),
    }


def judge_pairs(folder, process) -> dict:
    """Scores of every file."""
    return {
        name: pair_scores(process(noisy, read_audio(noisy)), read_audio(clean)) for name, noisy, clean in pairs_of(folder)
    }


def judge_clean(folder, process) -> dict:
    """Level changes of every file, over all and by octave; after a loud talker, those of the last three seconds."""
    rows = {}
    for path in sorted(Path(folder).iterdir()):
        signal = read_audio(path)
        out = process(path, signal)
        if Path(folder).name == "quiet-after-loud":
            signal, out = signal[4 * RATE :], out[4 * RATE :]
        rows[path.stem] = {"level": decibels_of(out, signal), "octaves": octave_changes(out, signal)}
    return rows


def judge(split, process) -> dict:
    """Everything about one system, whose `process(path, signal)` gives the signal to judge."""
    split = Path(split)

    def parts(name, measure):
        folder = split / name
        return {p.stem: measure(p) for p in sorted(folder.iterdir())} if folder.exists() else {}

    return {
        "pairs": parts("pairs", lambda folder: judge_pairs(folder, process)),
        "clean": parts("clean", lambda folder: judge_clean(folder, process)),
        "noise": parts("noise", lambda path: decibels_of(process(path, s := read_audio(path)), s)),
    }


def made_elsewhere(split, folder):
    """`process` for `judge` that reads what another program made."""

    def process(path, signal):
        found = [p for p in (Path(folder) / path.relative_to(split)).parent.iterdir() if p.stem == path.stem]
        if len(found) != 1:
            raise FileNotFoundError(f"{folder}: {len(found)} files for {path}")
        made = read_audio(found[0])
        if len(made) != len(signal):
            raise ValueError(f"{found[0]}: {len(made)} samples, {path} has {len(signal)}")
        return made

    return process


def means(result: dict) -> dict:
    """One number a kind and figure."""
    table = {}
    for kind, rows in result["pairs"].items():
        for score in next(iter(rows.values())):
            table[f"{kind} {score}"] = float(np.mean([r[score] for r in rows.values()]))
    for kind, rows in result["clean"].items():
        levels = [r["level"] for r in rows.values()]
        octaves = [[r["octaves"][i] for r in rows.values() if r["octaves"][i] is not None] for i in range(len(EDGES) - 1)]
        table[f"{kind} clean"], table[f"{kind} clean worst"] = float(np.mean(levels)), float(np.min(levels))
        table[f"{kind} clean octave"] = min(float(np.mean(changes)) for changes in octaves if changes)
    if result["noise"]:
        table["noise"] = float(np.mean(list(result["noise"].values())))
    return table


def speaker_of(name: str) -> str:
    """Who speaks in a file of the split."""
    return name.split("_")[0]


def differences(result: dict, other: dict) -> dict:
    """(mean over speakers, p of Wilcoxon's test over them, speakers that gain, speakers) of each score of the pairs."""
    from scipy.stats import wilcoxon

    found = {}
    for kind, rows in result["pairs"].items():
        for name, row in rows.items():
            for score, value in row.items():
                found.setdefault(score, {}).setdefault(speaker_of(name), []).append(
                    value - other["pairs"][kind][name][score]
                )
    table = {}
    for score, speakers in found.items():
        values = np.array([np.mean(v) for v in speakers.values()])
        table[score] = (
            float(values.mean()), float(wilcoxon(values).pvalue), int((values > 0).sum()), len(values)
        )
    return table


def main():
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("split")
    parser.add_argument("models", nargs="*")
    parser.add_argument("--files", action="append", default=[], metavar="NAME=FOLDER", help="made by another program")
    parser.add_argument("--against", metavar="MODEL", help="one of the models or names, to compare the others with")
    parser.add_argument("--json", help="write every file's figures here")
    a = parser.parse_args()
    torch.set_num_threads(1)
    results = {"noisy": judge(a.split, lambda _, signal: signal)}
    for path in a.models:
        model = load_model(path)
        results[str(path)] = judge(a.split, lambda _, signal, model=model: enhance(model, signal))
    for system in a.files:
        name, folder = system.split("=", 1)
        results[name] = judge(a.split, made_elsewhere(a.split, folder))
    tables = {name: means(result) for name, result in results.items()}
    print("| figure | " + " | ".join(tables) + " |\n|---" + "|---" * len(tables) + "|")
    for figure in tables["noisy"]:
        print(f"| {figure} | " + " | ".join(f"{t[figure]:.3f}" for t in tables.values()) + " |")
    for name in results:
        if a.against and name not in ("noisy", a.against):
            print(f"\n| {name} minus {a.against} | mean over speakers | p | speakers that gain |\n|---|---|---|---|")
            for score, (mean, p, gain, count) in differences(results[name], results[a.against]).items():
                print(f"| {score} | {mean:+.4f} | {p:.3g} | {gain} of {count} |")
    if a.json:
        Path(a.json).write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
