"""Measure what a model does outside of its scores: other levels, clean speech, sounds that are not speech.

limits.py --model FILE --pairs PAIRS [--sounds FOLDER]...
"""

import argparse
from pathlib import Path

import numpy as np
import torch

from augment import active_power, decibels, power
from evaluate import enhance, pairs_of, si_sdr
from export import load_model
from prepare import KINDS, read_audio

LEVELS = (-60, -50, -40, -30, -20, -10)


def level(signal) -> float:
    """Mean level in dBFS."""
    return 10 * np.log10(power(signal) + 1e-20)


def main():
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True)
    parser.add_argument("--pairs", required=True)
    parser.add_argument("--sounds", action="append", default=[])
    a = parser.parse_args()
    torch.set_num_threads(1)
    model = load_model(a.model)
    pairs = [(read_audio(noisy), read_audio(clean)) for _, noisy, clean in pairs_of(a.pairs)]
    print("| active level of the speech, dBFS | SI-SDR out, dB |\n|---|---|")
    for target in LEVELS:
        ratios = []
        for noisy, clean in pairs:
            gain = np.float32(decibels(target) / np.sqrt(active_power(clean)))
            ratios.append(si_sdr(enhance(model, noisy * gain), clean))
        print(f"| {target} | {np.mean(ratios):.2f} |")
    changes, ratios = [], []
    for _, clean in pairs:
        out = enhance(model, clean)
        changes.append(level(out) - level(clean))
        ratios.append(si_sdr(out, clean))
    print(f"\nclean speech in: level {np.mean(changes):+.2f} dB, SI-SDR out {np.mean(ratios):.1f} dB")
    for folder in a.sounds:
        changes = []
        for path in sorted(p for p in Path(folder).rglob("*") if p.suffix.lower() in KINDS):
            sound = read_audio(path)[: 20 * model.config.sample_rate]
            changes.append(level(enhance(model, sound)) - level(sound))
        print(
            f"{Path(folder).name}: level {np.mean(changes):+.1f} dB (from {min(changes):+.1f} to {max(changes):+.1f})"
        )


if __name__ == "__main__":
    main()
