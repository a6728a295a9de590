"""Train a model.

    train.py --config configs/dual-path-zero.json --speech CACHE --noise CACHE --run FOLDER [--resume] [--init MODEL]

CACHE is what prepare.py wrote. A run that is stopped (SIGTERM, SIGINT) saves itself; --resume goes on as if
nothing had been.
"""

import argparse
import copy
import dataclasses
import json
import math
import signal
import time
from pathlib import Path

import torch

from config import Config
from data import Mixer, Pool
from export import read_export
from loss import loss
from model import Crn
from stft import istft, stft
from unfold import unfold

UNFOLDING = 8
"""Batches whose statistics an exported model gets its norms from."""


def check_agreement(path, theirs, ours):
    """The network of a model to begin with is this one, but for its name and its look-ahead."""
    a, b = (dataclasses.asdict(config) for config in (theirs, ours))
    differing = {
        key: (a[key], b[key]) for key in a if key not in ("name", "look_ahead", "recurrent") and a[key] != b[key]
    }
    if a["dual_paths"] == 0 and a["recurrent"] != b["recurrent"]:
        differing["recurrent"] = a["recurrent"], b["recurrent"]
    if differing:
        raise ValueError(f"{path} is another network than the configuration: {differing} (its value, the configuration's)")


def rate_factor(step: int, warmup: int, decay_from: float, steps: int) -> float:
    """Factor on the learning rate: a linear rise, a plateau, then half a cosine down to zero at `steps`."""
    start = decay_from * steps
    if step < warmup:
        return (step + 1) / warmup
    if step < start:
        return 1.0
    return 0.5 * (1 + math.cos(math.pi * min((step - start) / max(steps - start, 1), 1.0)))


class Trainer:
    """Model, averaged model, optimiser and step count: everything that a checkpoint holds."""

    def __init__(self, config: Config, speech: Pool, noise: Pool):
        torch.manual_seed(config.train.seed)
        self.config = config
        self.mixer = Mixer(speech, noise, config.data, config.train.seed)
        self.model = Crn(config.model)
        self.average = copy.deepcopy(self.model).eval().requires_grad_(False)
        self.optimiser = torch.optim.AdamW(
            self.model.parameters(), lr=config.train.learning_rate, weight_decay=config.train.weight_decay
        )
        self.step = 0
        self.earlier = []
        self.seconds = 0.0

    def train_step(self) -> dict:
        """One optimisation step; returns the parts of its loss as floats."""
        c, start = self.config, time.monotonic()
        noisy, clean = (torch.from_numpy(a) for a in self.mixer.batch(self.step, c.train.batch))
        made = time.monotonic()
        framing = c.model.framing
        noisy_spectrum, clean_spectrum = stft(noisy, *framing), stft(clean, *framing)
        self.model.train()
        with torch.autocast("cpu", torch.bfloat16, enabled=c.train.bfloat16):
            mask = self.model.mask(noisy_spectrum)

        def invert(spectrum):
            return istft(spectrum, noisy.shape[-1], *framing)

        spectra = mask * noisy_spectrum, clean_spectrum, noisy_spectrum
        total, parts = loss(*spectra, c.loss, invert, c.model.sample_rate, c.model.hop)
        if not torch.isfinite(total):
            raise FloatingPointError(f"loss is {total.item()} at step {self.step}")
        factor = rate_factor(self.step, c.train.warmup, c.train.decay_from, c.train.steps)
        for group in self.optimiser.param_groups:
            group["lr"] = c.train.learning_rate * factor
        self.optimiser.zero_grad(set_to_none=True)
        total.backward()
        norm = torch.nn.utils.clip_grad_norm_(self.model.parameters(), c.train.clip_norm)
        self.optimiser.step()
        self.update_average()
        self.step += 1
        self.seconds += time.monotonic() - start
        return {
            "loss": total.item(),
            **{k: v.item() for k, v in parts.items()},
            "norm": norm.item(),
            "rate": factor * c.train.learning_rate,
            "data_part": (made - start) / (time.monotonic() - start),
        }

    @torch.no_grad()
    def update_average(self):
        """Exponential moving average of weights and norm statistics, shorter at first."""
        keep = min(self.config.train.ema, (1 + self.step) / (10 + self.step))
        for mine, theirs in zip(self.average.state_dict().values(), self.model.state_dict().values()):
            if mine.dtype.is_floating_point:
                mine.lerp_(theirs, 1 - keep)
            else:
                mine.copy_(theirs)

    def save(self, path):
        """Write a checkpoint, replacing the last one only once it is whole."""
        path = Path(path)
        torch.save(
            {
                "config": self.config.to_dict(),
                "model": self.model.state_dict(),
                "average": self.average.state_dict(),
                "optimiser": self.optimiser.state_dict(),
                "step": self.step,
                "earlier": self.earlier,
                "seconds": self.seconds,
                "data": {
                    "speech_hours": round(self.mixer.speech.hours, 2),
                    "noise_hours": round(self.mixer.noise.hours, 2),
                    **self.digests(),
                },
            },
            path.with_suffix(".new"),
        )
        path.with_suffix(".new").replace(path)

    def digests(self) -> dict:
        """What tells the recordings of this run from others."""
        return {"speech": self.mixer.speech.digest, "noise": self.mixer.noise.digest}

    def load(self, path):
        """Go on from a checkpoint, whose configuration must be this one but for the schedule's length."""
        state = torch.load(path, weights_only=True)
        theirs, ours = state["config"], self.config.to_dict()
        for key in ("steps", "decay_from"):
            theirs["train"][key] = ours["train"][key]
        if Config.from_dict(theirs) != Config.from_dict(ours):
            raise ValueError(f"{path} was made with another configuration: {theirs}, not {ours}")
        for pool, digest in self.digests().items():
            if state["data"].get(pool) != digest:
                raise ValueError(f"{path} saw other recordings of {pool}: {state['data'].get(pool)}, not {digest}")
        self.model.load_state_dict(state["model"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.seconds = state["step"], state["seconds"]
        self.earlier = state.get("earlier", [])

    def start_from(self, path):
        """Begin a new run with the averaged weights of another, or with an exported model; its steps stay on record."""
        if str(path).endswith(".safetensors"):
            head, folded = read_export(path)
            c = self.config
            check_agreement(path, folded.config, c.model)
            noisy = (torch.from_numpy(self.mixer.batch(step, c.train.batch)[0]) for step in range(UNFOLDING))
            weights = unfold(folded, (stft(signal, *c.model.framing) for signal in noisy)).state_dict()
            self.earlier = [head["training"]["steps"]]
        else:
            state = torch.load(path, weights_only=True)
            check_agreement(path, Config.from_dict(state["config"]).model, self.config.model)
            weights = state["average"]
            self.earlier = [*state.get("earlier", []), state["step"]]
        self.model.load_state_dict(weights)
        self.average.load_state_dict(weights)


def main():
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", required=True)
    parser.add_argument("--speech", required=True, help="cache of training speech")
    parser.add_argument("--noise", required=True, help="cache of training noise")
    parser.add_argument("--run", required=True, help="folder for checkpoint and log")
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--init", help="checkpoint or exported model whose weights to begin with")
    parser.add_argument("--steps", type=int, help="replaces the configuration's number of steps")
    parser.add_argument("--seed", type=int, help="replaces the configuration's seed")
    parser.add_argument("--stop-at", type=int, help="save and stop at this step, short of the planned end")
    parser.add_argument("--save-every", type=float, default=240.0, help="seconds")
    parser.add_argument("--threads", type=int, default=1)
    a = parser.parse_args()
    torch.set_num_threads(a.threads)
    config = Config.load(a.config)
    if a.steps:
        config.train.steps = a.steps
    if a.seed is not None:
        config.train.seed = a.seed
    run = Path(a.run)
    run.mkdir(parents=True, exist_ok=True)
    checkpoint = run / "checkpoint.pt"
    trainer = Trainer(config, Pool(a.speech, config.data.min_snr, 1.0), Pool(a.noise))
    if a.resume:
        trainer.load(checkpoint)
    elif checkpoint.exists():
        parser.error(f"{checkpoint} exists; --resume goes on with it")
    elif a.init:
        trainer.start_from(a.init)
    (run / "recordings.json").write_text(
        json.dumps({"speech": trainer.mixer.speech.record, "noise": trainer.mixer.noise.record}, indent=0)
    )
    log = open(run / "log.jsonl", "a", buffering=1)

    stopped = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.append(True))
    end = min(config.train.steps, a.stop_at or config.train.steps)
    saved = logged = time.monotonic()
    sums, count = {}, 0
    while trainer.step < end and not stopped:
        for key, value in trainer.train_step().items():
            sums[key] = sums.get(key, 0.0) + value
        count += 1
        now = time.monotonic()
        if now - logged >= 60 or trainer.step == end:
            means = {k: round(v / count, 6) for k, v in sums.items()}
            pace = (now - logged) / count
            line = {
                "step": trainer.step,
                **means,
                "seconds_a_step": round(pace, 3),
                "left_min": round(pace * (config.train.steps - trainer.step) / 60, 1),
            }
            log.write(json.dumps(line) + "\n")
            print(json.dumps(line), flush=True)
            logged, sums, count = now, {}, 0
        if now - saved >= a.save_every:
            trainer.save(checkpoint)
            saved = now
    trainer.save(checkpoint)
    print(f"step {trainer.step} of {config.train.steps} saved in {checkpoint}", flush=True)


if __name__ == "__main__":
    main()
