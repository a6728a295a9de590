"""Writes the checkpoints that the tests read, and what PyTorch says is in them.

    python make.py                        writes the files beside this script
    python make.py CHECKPOINT VALUES      writes the values of one checkpoint, for comparison

Needs PyTorch, NumPy and safetensors. The seed is fixed.
"""

import collections
import io
import json
import pathlib
import sys
import zipfile

import numpy as np
import torch
from safetensors.torch import save_file

HERE = pathlib.Path(__file__).parent


def small_network():
    torch.manual_seed(20)
    network = torch.nn.Sequential(
        torch.nn.Conv2d(2, 3, (1, 3)),
        torch.nn.BatchNorm2d(3),
        torch.nn.PReLU(),
    )
    optimizer = torch.optim.Adam(network.parameters(), lr=0.01)
    network(torch.randn(2, 2, 1, 8)).square().mean().backward()
    optimizer.step()
    return network, optimizer


def values(state):
    """Names, shapes and values as PyTorch reads them."""
    return [[name, list(t.shape), t.detach().to(torch.float32).flatten().tolist()] for name, t in state.items()]


def through_memory(content, path, **options):
    """Saves with the top folder `archive`, as for a stream without a name."""
    stream = io.BytesIO()
    torch.save(content, stream, **options)
    path.write_bytes(stream.getvalue())


def repack(source, path, change=lambda name, content: content, wide=False):
    """The same archive written again by another zip writer, with ZIP64 records if asked for."""
    limit = zipfile.ZIP64_LIMIT
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as new:
        zipfile.ZIP64_LIMIT = 0 if wide else limit
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            with new.open(entry, "w", force_zip64=wide) as out:
                out.write(change(name, old.read(name)))
        new.close()
    zipfile.ZIP64_LIMIT = limit


def to_big_endian(name, content):
    """For archives of 32-bit elements only."""
    if name.endswith("/byteorder"):
        return b"big"
    if "/data/" in name:
        return np.frombuffer(content, "<f4").astype(">f4").tobytes()
    return content


def main():
    network, optimizer = small_network()
    state = network.state_dict()
    expected = {}

    def note(name, content):
        expected[name] = values(content)
        return HERE / name

    through_memory(state, note("bare.pt", state))
    torch.save(state, note("other_folder.tar", state))
    through_memory(
        {
            "epoch": 3,
            "best": np.float64(0.25),
            "history": np.arange(3.0),
            "optimizer": optimizer.state_dict(),
            "model": state,
        },
        note("nested.tar", state),
    )
    parallel = collections.OrderedDict(("module." + name, tensor) for name, tensor in state.items())
    through_memory({"state_dict": parallel, "step": 10**20}, HERE / "parallel.pt")
    expected["parallel.pt"] = values(state)

    numbers = torch.tensor([0.0, 1.0, -2.5, 100.0])
    elements = {
        str(kind).removeprefix("torch."): numbers.abs().to(kind)
        for kind in (
            torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16,
            torch.int8, torch.uint8, torch.uint16, torch.uint32, torch.uint64, torch.bool,
        )
    }
    elements["negative"] = numbers.to(torch.int8)
    elements["tiny_half"] = torch.tensor([6e-8, -1e-5, 65504.0], dtype=torch.float16)
    through_memory(elements, note("elements.pt", elements))

    base = torch.arange(24, dtype=torch.float32) * 0.5
    views = {
        "transposed": base.view(4, 6).t(),
        "stepped": base[5:17:3],
        "column": base.view(2, 3, 4)[:, 1, 2],
        "permuted": base.view(2, 3, 4).permute(2, 0, 1),
        "repeated": base[7].expand(2, 3),
        "scalar": base[9],
        "empty": base[:0].view(0, 5),
        "whole": base,
        "tied": base,
    }
    through_memory(views, note("views.pt", views))
    repack(HERE / "views.pt", note("big_endian.pt", views), to_big_endian)

    tagged = torch.nn.Parameter(torch.ones(2))
    tagged.note = "kept by the pickle as state"
    parameters = {**dict(network.named_parameters()), "tagged": tagged}
    through_memory(parameters, note("parameters.pt", parameters))

    through_memory(state, note("protocol4.pt", state), pickle_protocol=4)
    through_memory(state, note("protocol5.pt", state), pickle_protocol=5)
    through_memory({"model": state}, note("legacy.pt", state), _use_new_zipfile_serialization=False)
    repack(HERE / "bare.pt", note("zip64.pt", state), wide=True)

    halves = {"b": torch.tensor([[1.0, -0.5]], dtype=torch.bfloat16), "a": torch.tensor(2.0), "n": torch.arange(3)}
    save_file(halves, note("weights.safetensors", halves), metadata={"made": "by a test"})
    save_file({name: t.contiguous() for name, t in state.items()}, note("network.tar", state))

    through_memory(network, HERE / "whole_module.pt")
    (HERE / "expected.json").write_text(json.dumps(expected))


if __name__ == "__main__":
    if len(sys.argv) == 3:
        checkpoint = torch.load(sys.argv[1], map_location="cpu", weights_only=False)
        pathlib.Path(sys.argv[2]).write_text(json.dumps(values(checkpoint.get("model", checkpoint))))
    else:
        main()
