"""Tests of the sweep over look-aheads."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile
from safetensors import safe_open

from config import Config
from prepare import prepare
from sweep import span, spend

SWEEP = Path(__file__).resolve().parent / "sweep.py"


def test_frames_are_spent_on_the_layers_in_turn_and_nothing_else_changes():
    base = Config()
    found = spend(base, 3, ["decoder.3", "encoder.0"], kernel=3)
    assert found.model.look_ahead == {"decoder.3": 2, "encoder.0": 1}
    assert found.model.kernel == (3, 3) and base.model.kernel == (2, 3)
    zero = spend(base, 0, ["decoder.3", "encoder.0"], kernel=3)
    for part in ("data", "loss", "train"):
        assert found.to_dict()[part] == zero.to_dict()[part] == base.to_dict()[part]
    differing = {k for k, v in found.to_dict()["model"].items() if v != zero.to_dict()["model"][k]}
    assert differing == {"name", "look_ahead"}


def test_a_configuration_survives_the_file_that_training_reads(tmp_path):
    found = spend(Config(), 4, ["decoder.3"], kernel=5)
    path = tmp_path / "config.json"
    path.write_text(json.dumps(found.to_dict()))
    assert Config.load(path) == found


def test_what_a_layer_cannot_span_is_refused_by_name():
    with pytest.raises(ValueError, match="decoder.3 would look ahead by 2, but its kernel spans 1"):
        spend(Config(), 2, ["decoder.3"])
    with pytest.raises(ValueError, match="no layer 'decoder.4'"):
        spend(Config(), 1, ["decoder.4"])


def test_dilation_widens_what_a_layer_spans():
    config = Config.from_dict({"model": {"dilation": [1, 1, 1, 4]}})
    assert [span(config, layer) for layer in ("encoder.3", "decoder.0", "decoder.3")] == [4, 4, 1]
    assert spend(config, 4, ["decoder.0"]).model.look_ahead == {"decoder.0": 4}


def command(folder, steps):
    """The command line of a sweep of a small network over noise, which takes a second a step or less."""
    for kind, seed in ("speech", 1), ("noise", 2):
        (folder / kind).mkdir()
        sound = np.random.default_rng(seed).standard_normal(40_000) * 0.1
        # Half of it faint: a recording whose level never moves counts as one without speech.
        sound[20_000:] *= 1e-3
        soundfile.write(folder / kind / "a.wav", sound, 16_000)
        prepare(folder / f"{kind}-cache", [folder / kind])
    model = {"name": "small", "encoder_channels": [4, 4], "dilation": [1, 1], "recurrent": 8}
    data = {"clip_seconds": 0.5}
    config = folder / "small.json"
    config.write_text(json.dumps({"model": model, "data": data, "train": {"batch": 2}}))
    found = [sys.executable, SWEEP, "--config", config, "--look-ahead", "2", "0", "--layer", "decoder.1"]
    found += ["--kernel", "3", "--speech", folder / "speech-cache", "--noise", folder / "noise-cache"]
    return [str(part) for part in [*found, "--out", folder / "out", "--steps", steps]]


def test_a_sweep_ends_with_a_model_file_for_each_look_ahead(tmp_path):
    said = subprocess.run(command(tmp_path, 2), check=True, capture_output=True, text=True).stdout
    files = [tmp_path / "out" / f"small-look-ahead-{frames}.safetensors" for frames in (0, 2)]
    assert said.splitlines()[-1] == (
        f"framewise compare --clean CLEAN --noisy NOISY --model {files[0]} --model {files[1]} -o report"
    )
    for frames, file in zip((0, 2), files):
        with safe_open(file, "numpy") as found:
            header = json.loads(found.metadata()["framewise"])
        assert (header["latency"]["frames"], header["training"]["steps"]) == (frames, 2)


def test_a_sweep_that_is_stopped_exports_nothing_unfinished(tmp_path):
    sweep = subprocess.Popen(command(tmp_path, 100_000), stderr=subprocess.PIPE, text=True)
    log = tmp_path / "out" / "runs" / "small-look-ahead-0" / "log.jsonl"
    while not log.exists():
        assert sweep.poll() is None, sweep.stderr.read()
        time.sleep(0.1)
    sweep.send_signal(signal.SIGTERM)
    _, errors = sweep.communicate()
    assert sweep.returncode == 1 and errors, errors
    assert list((tmp_path / "out").glob("*.safetensors")) == []
