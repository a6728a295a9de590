"""Writes PyTorch's output for one recording: what the benchmark holds every runtime to.

Run it where `gtcrn.py` of the published code can be imported:

    python reference.py --checkpoint model_trained_on_dns3.tar --noisy mix.wav --out reference
"""

import argparse
from pathlib import Path

import soundfile
import torch

from gtcrn import GTCRN

WINDOW, HOP = 512, 256


def spectrum(samples: torch.Tensor, window: torch.Tensor, center: bool) -> torch.Tensor:
    """(257, frames, 2), real and imaginary part last."""
    transformed = torch.stft(samples, WINDOW, HOP, WINDOW, window, center=center, return_complex=True)
    return torch.view_as_real(transformed)


def overlap_add(frames: torch.Tensor, window: torch.Tensor) -> torch.Tensor:
    """Samples of a stream: windows of the analysis and the synthesis add up to one from the second hop on."""
    blocks = torch.fft.irfft(torch.view_as_complex(frames.contiguous()).T) * window
    samples = torch.zeros(HOP * (len(blocks) + 1))
    for t, block in enumerate(blocks):
        samples[HOP * t : HOP * t + WINDOW] += block
    return samples


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--noisy", type=Path, required=True, help="mono, 16 kHz")
    parser.add_argument("--out", type=Path, required=True, help="folder for the results")
    args = parser.parse_args()

    network = GTCRN().eval()
    network.load_state_dict(torch.load(args.checkpoint, map_location="cpu")["model"])
    noisy, rate = soundfile.read(args.noisy, dtype="float32")
    assert rate == 16000 and noisy.ndim == 1, "mono at 16 kHz"
    noisy = torch.from_numpy(noisy)
    window = torch.hann_window(WINDOW).sqrt()

    args.out.mkdir(parents=True, exist_ok=True)
    with torch.no_grad():
        clip = spectrum(noisy, window, center=True)
        clip.numpy().tofile(args.out / "noisy_spectrum.f32")
        network(clip[None])[0].numpy().tofile(args.out / "enhanced_spectrum.f32")

        # As a stream sees it: zeros before the first sample, and after the last.
        whole = -(-len(noisy) // HOP) * HOP
        padded = torch.cat([torch.zeros(HOP), noisy, torch.zeros(whole - len(noisy) + HOP)])
        frames = network(spectrum(padded, window, center=False)[None])[0]
        samples = overlap_add(frames, window)[HOP : HOP + len(noisy)]
        soundfile.write(args.out / "enhanced.wav", samples.numpy(), rate, subtype="FLOAT")


if __name__ == "__main__":
    main()
