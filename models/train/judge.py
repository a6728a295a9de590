"""Measure a model on the validation split that `validation.py` makes: what it gains, and what harm it does.

judge.py SPLIT MODEL... [--files NAME=FOLDER]... [--against MODEL] [--dnsmos] [--json FILE]

MODEL is a checkpoint or an exported file; FOLDER holds what another program made of SPLIT, under the same names. Of each kind of pair: PESQ-WB, STOI, SI-SDR, and SI-SDR of both signals
high-passed at 120 Hz (means over files), the level change in the pauses of the speech, and with --dnsmos DNSMOS overall and of the
background; the noisy input in the first column. Of clean speech: level change in dB over all, mean, worst file, the octave that loses
most, and PESQ-WB against the input. Of noise: level change. With `--against`, how each score of the
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


def pauses_of(clean):
    """Which samples of a clean signal lie in pauses: 40 dB below its loudest 20 ms, and 100 ms from anything above that."""
    size, near = RATE // 50, 5
    energy = np.square(clean[: len(clean) // size * size].reshape(-1, size)).mean(1)
    spoken = energy > energy.max() * 10**-4
    spoken = np.convolve(spoken, np.ones(2 * near + 1), "same") > 0
    return np.pad(np.repeat(~spoken, size), (0, len(clean) % size))


def pair_scores(estimate, noisy, clean, dnsmos: bool = False) -> dict:
    """All scores of one mixture; None for the pauses of a file that has less than a quarter of a second of them."""
    from pesq import pesq
    from pystoi import stoi

    pauses, more = pauses_of(clean), {}
    if dnsmos:
        from speechmos import dnsmos as rater

        rated = rater.run(np.clip(estimate, -1, 1), RATE)
        more = {"dnsmos": rated["ovrl_mos"], "dnsmos_background": rated["bak_mos"]}
    return {
        **more,
        "pauses": decibels_of(estimate[pauses], noisy[pauses]) if pauses.sum() > RATE // 4 else None,
        "pesq": float(pesq(RATE, clean, estimate, "wb")),
        "stoi": float(stoi(clean, estimate, RATE)),
        "si_sdr": si_sdr(estimate, clean),
        "si_sdr_120": si_sdr(high_passed(estimate), high_passed(clean)),
    }


def judge_pairs(folder, process, dnsmos: bool = False) -> dict:
    """Scores of every file."""
    rows = {}
    for name, path, clean in pairs_of(folder):
        noisy = read_audio(path)
        rows[name] = pair_scores(process(path, noisy), noisy, read_audio(clean), dnsmos)
    return rows


def judge_clean(folder, process) -> dict:
    """Level changes of every file, over all and by octave, and PESQ-WB; after a loud talker, those of the last three seconds."""
    from pesq import PesqError, pesq

    rows = {}
    for path in sorted(Path(folder).iterdir()):
        signal = read_audio(path)
        out = process(path, signal)
        if Path(folder).name == "quiet-after-loud":
            signal, out = signal[4 * RATE :], out[4 * RATE :]
        opinion = pesq(RATE, signal, out, "wb", on_error=PesqError.RETURN_VALUES)
        rows[path.stem] = {
            "level": decibels_of(out, signal),
            "octaves": octave_changes(out, signal),
            "pesq": float(opinion) if opinion >= 0 else None,
        }
    return rows


def judge(split, process, dnsmos: bool = False) -> dict:
    """Everything about one system, whose `process(path, signal)` gives the signal to judge."""
    split = Path(split)

    def parts(name, measure):
        folder = split / name
        return {p.stem: measure(p) for p in sorted(folder.iterdir())} if folder.exists() else {}

    return {
        "pairs": parts("pairs", lambda folder: judge_pairs(folder, process, dnsmos)),
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
            known = [r[score] for r in rows.values() if r[score] is not None]
            table[f"{kind} {score}"] = float(np.mean(known)) if known else float("nan")
    for kind, rows in result["clean"].items():
        levels = [r["level"] for r in rows.values()]
        octaves = [[r["octaves"][i] for r in rows.values() if r["octaves"][i] is not None] for i in range(len(EDGES) - 1)]
        table[f"{kind} clean"], table[f"{kind} clean worst"] = float(np.mean(levels)), float(np.min(levels))
        opinions = [r["pesq"] for r in rows.values() if r["pesq"] is not None]
        table[f"{kind} clean pesq"] = float(np.mean(opinions)) if opinions else float("nan")
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
                base = other["pairs"][kind][name][score]
                if value is not None and base is not None:
                    found.setdefault(score, {}).setdefault(speaker_of(name), []).append(value - base)
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
    parser.add_argument("--dnsmos", action="store_true", help="rate mixtures by DNSMOS too; takes a while")
    parser.add_argument("--json", help="write every file's figures here")
    a = parser.parse_args()
    torch.set_num_threads(1)
    results = {"noisy": judge(a.split, lambda _, signal: signal, a.dnsmos)}
    for path in a.models:
        model = load_model(path)
        results[str(path)] = judge(
            a.split, lambda _, signal, model=model: enhance(model, signal), a.dnsmos
        )
    for system in a.files:
        name, folder = system.split("=", 1)
        results[name] = judge(a.split, made_elsewhere(a.split, folder), a.dnsmos)
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
