"""The comparison of golden files sees what it looks for."""

import json

import pytest
import torch
from compare import agree
from safetensors.torch import save_file


@pytest.fixture
def folders(tmp_path):
    tensor = torch.arange(24.0).reshape(4, 6)
    for side in ("committed", "anew"):
        (tmp_path / side).mkdir()
        save_file({"a": tensor}, tmp_path / side / "a.safetensors", {"text": "same"})
        torch.save({"b": [tensor, 3]}, tmp_path / side / "b.pt")
        (tmp_path / side / "c.json").write_text(json.dumps([{"value": 1.5}]))
    return tmp_path / "committed", tmp_path / "anew"


def test_same_files_pass(folders, capsys):
    assert agree(*folders)
    assert "3 files of 3" in capsys.readouterr().out


@pytest.mark.parametrize("off, passes", [(1e-5, True), (1e-3, False), (float("nan"), False)])
def test_numbers_may_be_off_by_roundings_and_no_more(folders, off, passes):
    tensor = torch.arange(24.0).reshape(4, 6)
    tensor[2, 3] += off
    save_file({"a": tensor}, folders[1] / "a.safetensors", {"text": "same"})
    assert agree(*folders) == passes


def test_what_else_differs_fails(folders):
    for change in (
        lambda new: save_file({"a": torch.arange(24.0)}, new / "a.safetensors", {"text": "same"}),
        lambda new: save_file({"a": torch.arange(24.0).reshape(4, 6)}, new / "a.safetensors", {"text": "other"}),
        lambda new: torch.save({"b": [torch.arange(24.0).reshape(4, 6), 4]}, new / "b.pt"),
        lambda new: (new / "c.json").write_text("[]"),
        lambda new: (new / "c.json").unlink(),
        lambda new: (new / "d.json").write_text("[]"),
    ):
        before = {path: path.read_bytes() for path in folders[1].iterdir()}
        change(folders[1])
        assert not agree(*folders)
        for path in folders[1].iterdir():
            path.unlink()
        for path, content in before.items():
            path.write_bytes(content)
    assert agree(*folders)


def test_an_empty_folder_is_no_success(tmp_path):
    for side in ("committed", "anew"):
        (tmp_path / side).mkdir()
    assert not agree(tmp_path / "committed", tmp_path / "anew")
