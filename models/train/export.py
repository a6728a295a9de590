"""Write a checkpoint as a one-file model.

    export.py CHECKPOINT -o FILE.safetensors [--data TEXT] [--scores SCORES.json] [--licence NAME]

The averaged weights are taken, and each batch norm is folded into the convolution before it. The header (one metadata
key, "framewise", holding JSON) says everything that a reader needs to build the network.
"""

import argparse
import json
from pathlib import Path

import safetensors
import safetensors.torch
import torch

from config import Config, ModelConfig
from model import Crn

KEY = "framewise"
FORMAT = 1


def fold(weight, bias, norm, out_axis: int):
    """Weight and bias of a convolution that does what convolution and batch norm did."""
    gain = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    shape = [1] * weight.dim()
    shape[out_axis] = -1
    return weight * gain.reshape(shape), (bias - norm.running_mean) * gain + norm.bias


@torch.no_grad()
def fold_model(model: Crn) -> Crn:
    """The same network without norms, in evaluation mode."""
    folded = Crn(model.config, norm=False).eval()
    state = {k: v for k, v in model.state_dict().items() if k in folded.state_dict()}
    for side, axis in (("encoder", 0), ("decoder", 1)):
        for i, layer in enumerate(getattr(model, side)):
            if isinstance(layer.norm, torch.nn.BatchNorm2d):
                weight, bias = fold(layer.conv.weight.double(), layer.conv.bias.double(), layer.norm.double(), axis)
                layer.norm.float()
                state[f"{side}.{i}.conv.weight"], state[f"{side}.{i}.conv.bias"] = weight.float(), bias.float()
    folded.load_state_dict(state)
    return folded


def header(config: ModelConfig, training: dict, latency: int, licence: str | None = None) -> dict:
    """The header as a dictionary; it says nothing of a licence unless one is given."""
    configuration = {
        "encoder_channels": list(config.encoder_channels),
        "kernel": list(config.kernel),
        "stride": config.stride,
        "padding": config.padding,
        "output_padding": config.output_padding,
        "compression": config.compression,
    }
    if config.dual_paths:
        configuration["dual_paths"] = config.dual_paths
    else:
        configuration["recurrent"] = config.recurrent
    if config.bands:
        configuration["bands"] = list(config.bands)
    if any(d != 1 for d in config.dilation):
        configuration["dilation"] = list(config.dilation)
    shorter = {} if config.synthesis_window is None else {"synthesis_window": config.synthesis_window}
    return {
        "format": FORMAT,
        "name": config.name,
        "sample_rate": config.sample_rate,
        "window": config.window,
        **shorter,
        "hop": config.hop,
        "architecture": "crn",
        "configuration": configuration,
        "latency": {"frames": latency, "look_ahead": {k: v for k, v in config.look_ahead.items() if v}},
        "training": training,
        **({} if licence is None else {"licence": licence}),
    }


def read_checkpoint(path):
    """(configuration, averaged model in evaluation mode, whole checkpoint)."""
    state = torch.load(path, weights_only=True)
    config = Config.from_dict(state["config"])
    model = Crn(config.model).eval()
    model.load_state_dict(state["average"])
    return config, model, state


def read_export(path):
    """(header, model without norms) of an exported file."""
    with safetensors.safe_open(path, "pt") as file:
        head = json.loads(file.metadata()[KEY])
    if head["format"] != FORMAT:
        raise ValueError(f"{path}: format {head['format']}, expected {FORMAT}")
    values = dict(head["configuration"])
    for key in ("name", "sample_rate", "window", "hop"):
        values[key] = head[key]
    values.setdefault("dilation", [1] * len(values["encoder_channels"]))
    values["synthesis_window"] = head.get("synthesis_window")
    values["look_ahead"] = head["latency"]["look_ahead"]
    config = Config.from_dict({"model": values}).model
    model = Crn(config, norm=False).eval()
    model.load_state_dict(safetensors.torch.load_file(path))
    if model.latency != head["latency"]["frames"]:
        raise ValueError(f"{path}: says {head['latency']['frames']} frames, its layers add up to {model.latency}")
    return head, model


def load_model(path) -> Crn:
    """Model in evaluation mode from a checkpoint or an exported file."""
    return read_export(path)[1] if str(path).endswith(".safetensors") else read_checkpoint(path)[1]


@torch.no_grad()
def export(checkpoint, output, data: str = "", scores: dict | None = None, licence: str | None = None) -> dict:
    """Write the file, read it back, compare outputs; returns the header."""
    config, model, state = read_checkpoint(checkpoint)
    folded = fold_model(model)
    train = config.train
    steps = sum(state.get("earlier", [])) + state["step"]
    training = {
        "steps": steps,
        "hours_of_audio": round(steps * train.batch * config.data.clip_seconds / 3600, 1),
        "seed": train.seed,
        "data": data,
        "scores": scores or {},
    }
    head = header(config.model, training, model.latency, licence)
    tensors = {k: v.contiguous().float() for k, v in folded.state_dict().items()}
    for name, tensor in tensors.items():
        if not torch.isfinite(tensor).all():
            raise ValueError(f"{name} holds a value that is not finite")
    Path(output).write_bytes(safetensors.torch.save(tensors, {KEY: json.dumps(head)}))

    _, written = read_export(output)
    noise = 0.1 * torch.randn(1, config.model.sample_rate, generator=torch.Generator().manual_seed(0))
    error = (model.enhance(noise) - written.enhance(noise)).abs().max().item()
    if not error <= 1e-5:
        raise ValueError(f"{output} differs from the checkpoint by {error}")
    return head


def main():
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint")
    parser.add_argument("-o", "--output", required=True)
    parser.add_argument("--data", default="", help="a line on the training data, for the header")
    parser.add_argument("--scores", help="file written by evaluate.py --json; its means go into the header")
    parser.add_argument("--licence", metavar="NAME", help="licence of the weights, such as CC0-1.0; otherwise none is named")
    a = parser.parse_args()
    scores = {}
    if a.scores:
        name = Config.from_dict(torch.load(a.checkpoint, weights_only=True)["config"]).model.name
        with open(a.scores) as file:
            scores = {folder: values["mean"] for folder, values in json.load(file)[name].items()}
    head = export(a.checkpoint, a.output, a.data, scores, a.licence)
    print(json.dumps(head, indent=1))


if __name__ == "__main__":
    main()
