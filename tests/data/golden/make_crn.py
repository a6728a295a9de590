"""Golden vectors for the whole convolutional recurrent network, computed by the training recipe's own model.

    python make_crn.py

Writes two files for each network beside this file; needs torch 2.11 and safetensors. `crn-<name>.safetensors` is a
model file as the exporter writes it: small, with random weights and random batch norm statistics, which are folded.
`crn-<name>.spectra.safetensors` holds `input` and `expected`, (frames, bins, 2): the expected one comes from the
network with its norms not folded, over the whole clip and in float64.
"""

import copy
import json
import sys
from pathlib import Path

import safetensors.torch
import torch

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[2] / "models" / "train"))

from config import ModelConfig  # noqa: E402
from export import KEY, fold_model, header  # noqa: E402
from model import Crn  # noqa: E402

SEED = 20240918
FRAMES = 23

SMALL = {"window": 32, "hop": 16, "encoder_channels": (5, 8, 11), "dilation": (1, 1, 1)}
NETWORKS = {
    # The two latencies that the product ships, the cut in the last layer of the decoder.
    "zero": {**SMALL, "encoder_channels": (4, 6, 8, 8), "dilation": (1,) * 4},
    "one-frame": {**SMALL, "encoder_channels": (4, 6, 8, 8), "dilation": (1,) * 4, "look_ahead": {"decoder.3": 1}},
    "one-frame-inside": {**SMALL, "look_ahead": {"decoder.1": 1}},
    "five-frames": {
        **SMALL,
        "kernel": (3, 3),
        "look_ahead": {"encoder.0": 1, "encoder.2": 2, "decoder.0": 1, "decoder.2": 1},
    },
    # 16 bins halve evenly all the way, so that each decoder layer must give a bin back.
    "output-padding": {**SMALL, "window": 30, "hop": 15, "output_padding": 1, "look_ahead": {"decoder.2": 1}},
    "dilated": {**SMALL, "dilation": (1, 2, 4), "look_ahead": {"encoder.1": 2, "decoder.0": 3}},
    # Bands, a core along both axes, and a synthesis window shorter than the analysis window.
    "dual-path": {
        "window": 48,
        "synthesis_window": 32,
        "hop": 16,
        "bands": (9, 8),
        "encoder_channels": (6, 10),
        "dilation": (1, 1),
        "dual_paths": 2,
        "look_ahead": {"decoder.1": 1},
    },
}


def randomise(model, generator):
    """Weights that keep the level of a signal, biases and statistics far from their trivial values."""
    state = model.state_dict()
    for name, tensor in state.items():
        if "num_batches" in name or name in ("bands.weight", "bins.weight"):
            continue
        if "running_var" in name:
            state[name] = 0.2 + 2.0 * torch.rand(tensor.shape, generator=generator)
        elif "activation" in name:
            state[name] = 0.6 * torch.rand(tensor.shape, generator=generator) - 0.2
        elif "norm.weight" in name:
            state[name] = 0.5 + torch.rand(tensor.shape, generator=generator)
        elif tensor.dim() == 1:
            state[name] = 0.4 * torch.randn(tensor.shape, generator=generator)
        else:
            # A transposed convolution at stride 2 meets half of its taps in each bin.
            fan = tensor[:, 0].numel() / 2 if "decoder" in name else tensor[0].numel()
            # The mask's curve must not hide errors: its argument stays well below saturation.
            gain = 0.25 if name == f"decoder.{len(model.decoder) - 1}.conv.weight" else 1.0
            state[name] = gain * torch.randn(tensor.shape, generator=generator) * fan**-0.5
    model.load_state_dict(state)


def main():
    """Make every network and its spectra."""
    for index, (name, values) in enumerate(NETWORKS.items()):
        generator = torch.Generator().manual_seed(SEED + index)
        config = ModelConfig(**{"name": f"golden-{name}", "recurrent": 20, **values})
        model = Crn(config).eval()
        randomise(model, generator)
        shape = (1, FRAMES, config.bins)
        # Levels as speech has them: loud, soft and empty frames and bins.
        level = 10.0 ** (1.5 * torch.randn(1, FRAMES, 1, generator=generator) - 1.0)
        parts = torch.randn(2, *shape, generator=generator)
        spectrum = level * torch.complex(parts[0], parts[1])
        spectrum[torch.rand(shape, generator=generator) < 0.05] = 0.0
        with torch.no_grad():
            expected = copy.deepcopy(model).double()(spectrum.to(torch.complex128))
            folded = fold_model(copy.deepcopy(model)).state_dict()
        tensors = {key: tensor.contiguous() for key, tensor in folded.items()}
        head = header(config, {"seed": SEED + index}, model.latency, "MIT OR Apache-2.0")
        (HERE / f"crn-{name}.safetensors").write_bytes(safetensors.torch.save(tensors, {KEY: json.dumps(head)}))
        spectra = {"input": spectrum, "expected": expected}
        spectra = {key: torch.view_as_real(value[0]).float().contiguous() for key, value in spectra.items()}
        (HERE / f"crn-{name}.spectra.safetensors").write_bytes(safetensors.torch.save(spectra))
        mask = model.mask(spectrum).abs().detach()
        print(f"{name}: {model.latency} frames, mask from {mask.min():.3f} to {mask.max():.3f}, mean {mask.mean():.3f}")


if __name__ == "__main__":
    main()
