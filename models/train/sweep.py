"""Train one network at several look-aheads, under the same conditions, and export each.

    sweep.py --config configs/crn-zero.json --look-ahead 0 1 2 4 --layer decoder.3 --kernel 5
             --speech CACHE --noise CACHE --out FOLDER [--steps N] [--threads N]

All come from one configuration file and differ in name and look-ahead alone: same data, order of examples, steps and
seed. Frames of look-ahead are spent on the layers in turn, one each. A layer can look ahead by (kernel - 1) * dilation
frames at most; --kernel widens the kernel along time of every layer, at every look-ahead, so that the networks stay the
same. FOLDER gets configs/, runs/ and a model file for each look-ahead; the same command again goes on where it was
stopped. Then: framewise compare --model FOLDER/A.safetensors --model FOLDER/B.safetensors ...
"""

import argparse
import copy
import json
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import torch

from config import Config
from export import export
from model import Crn

HERE = Path(__file__).resolve().parent


def span(config: Config, layer: str) -> int:
    """Frames that a layer can look ahead at most."""
    side, _, number = layer.partition(".")
    layers = len(config.model.encoder_channels)
    if side not in ("encoder", "decoder") or not number.isdecimal() or int(number) >= layers:
        raise ValueError(f"no layer {layer!r}; expected encoder.0 to decoder.{layers - 1}")
    level = int(number) if side == "encoder" else layers - 1 - int(number)
    return (config.model.kernel[0] - 1) * config.model.dilation[level]


def spend(config: Config, frames: int, layers: list, kernel: int | None = None) -> Config:
    """The configuration with `frames` of look-ahead, one frame on each of the layers in turn."""
    result = copy.deepcopy(config)
    if kernel is not None:
        result.model.kernel = (kernel, result.model.kernel[1])
    result.model.name = f"{config.model.name}-look-ahead-{frames}"
    spent = {}
    for n in range(frames):
        layer = layers[n % len(layers)]
        spent[layer] = spent.get(layer, 0) + 1
    for layer in layers:
        most, wanted = span(result, layer), spent.get(layer, 0)
        if wanted > most:
            raise ValueError(
                f"{frames} frames: {layer} would look ahead by {wanted}, but its kernel spans {most}; widen it with"
                f" --kernel or a dilation in the configuration, or name more layers"
            )
    result.model.look_ahead = spent
    if Crn(result.model).latency != frames:
        raise ValueError(f"{result.model.name}: the layers add up to another look-ahead than {frames}")
    return result


def finish(command: list):
    """Run a command to its end. A signal to stop is handed on to it: training saves itself first."""
    process = subprocess.Popen(command)
    numbers = signal.SIGINT, signal.SIGTERM
    before = [signal.signal(number, lambda found, _: process.send_signal(found)) for number in numbers]
    status = process.wait()
    for number, handler in zip(numbers, before):
        signal.signal(number, handler)
    if status != 0:
        sys.exit(f"training ended with status {status}: {shlex.join(map(str, command))}")


def train(config: Config, a) -> Path:
    """Train and export one model, or go on with it; the model file."""
    name = config.model.name
    file, run, settings = a.out / f"{name}.safetensors", a.out / "runs" / name, a.out / "configs" / f"{name}.json"
    if file.exists():
        print(f"{file} is there", flush=True)
        return file
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(json.dumps(config.to_dict(), indent=1) + "\n")
    command = [sys.executable, HERE / "train.py", "--config", settings, "--speech", a.speech, "--noise", a.noise]
    command += ["--run", run, "--threads", str(a.threads)]
    if (run / "checkpoint.pt").exists():
        command.append("--resume")
    finish(command)
    done = torch.load(run / "checkpoint.pt", weights_only=True)["step"]
    if done < config.train.steps:
        sys.exit(f"{name} stopped at step {done} of {config.train.steps}; the same command goes on with it")
    export(run / "checkpoint.pt", file, a.data)
    print(f"{file} written", flush=True)
    return file


def main():
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", required=True, help="the one configuration file")
    parser.add_argument("--look-ahead", type=int, nargs="+", required=True, metavar="FRAMES")
    parser.add_argument("--layer", nargs="+", required=True, help="layers that look ahead, in turn")
    parser.add_argument("--kernel", type=int, help="kernel along time of every layer")
    parser.add_argument("--speech", required=True, help="cache of training speech")
    parser.add_argument("--noise", required=True, help="cache of training noise")
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--steps", type=int, help="replaces the configuration's number of steps")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--data", default="", help="a line on the training data, for the headers")
    a = parser.parse_args()
    base = Config.load(a.config)
    if a.steps:
        base.train.steps = a.steps
    try:
        # All of them before the first is trained: a sweep that cannot end does not begin.
        configs = [spend(base, frames, a.layer, a.kernel) for frames in sorted(set(a.look_ahead))]
    except ValueError as error:
        parser.error(str(error))
    files = [train(config, a) for config in configs]
    models = " ".join(f"--model {shlex.quote(str(file))}" for file in files)
    print(f"framewise compare --clean CLEAN --noisy NOISY {models} -o report")


if __name__ == "__main__":
    main()
