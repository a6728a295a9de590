"""Tests of the sweep over look-aheads."""

import json

import pytest

from config import Config
from sweep import span, spend


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
