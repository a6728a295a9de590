"""Hold golden files that were made anew against those that are committed.

    python compare.py COMMITTED ANEW      two folders

Files of the same bytes are the same. Others hold the same names, shapes, types and text, and numbers that differ by at
most TOLERANCE of the largest in their tensor: another processor or release adds in another order, and the tests allow ten
times as much. Prints what differs; exits with 1 if something differs by more, is missing, or is there in one folder only.
"""

import json
import sys
from pathlib import Path

import torch
from safetensors import safe_open

TOLERANCE = 1e-6
KINDS = {".safetensors", ".tar", ".pt", ".json"}


def load(path: Path):
    """What a file holds, as dictionaries, lists, tensors, numbers and text."""
    if path.suffix == ".json":
        return json.loads(path.read_text())
    try:
        with safe_open(path, "pt") as file:
            return {"tensors": {name: file.get_tensor(name) for name in file.keys()}, "text": file.metadata()}
    except Exception:  # not in that format, whatever its name
        return torch.load(path, map_location="cpu", weights_only=False)


def distance(a, b, where: str = "") -> float:
    """The largest difference of numbers, relative to the largest of their tensor; raises where more than that differs."""
    if isinstance(a, torch.nn.Module):
        a, b = a.state_dict(), b.state_dict()
    if type(a) is not type(b):
        raise ValueError(f"{where}: {type(a).__name__} and {type(b).__name__}")
    if isinstance(a, dict):
        if list(a) != list(b):
            raise ValueError(f"{where}: other keys")
        return max((distance(a[key], b[key], f"{where}/{key}") for key in a), default=0.0)
    if isinstance(a, (list, tuple)):
        if len(a) != len(b):
            raise ValueError(f"{where}: {len(a)} and {len(b)} entries")
        return max((distance(x, y, f"{where}/{i}") for i, (x, y) in enumerate(zip(a, b))), default=0.0)
    if isinstance(a, float) or hasattr(a, "dtype"):
        a, b = torch.as_tensor(a), torch.as_tensor(b)
        if (a.shape, a.dtype) != (b.shape, b.dtype):
            raise ValueError(f"{where}: {tuple(a.shape)} of {a.dtype} and {tuple(b.shape)} of {b.dtype}")
        a, b = a.double(), b.double()
        off = (a - b).abs().max().item() if a.numel() else 0.0
        return off / max(a.abs().max().item(), 1e-30) if off else 0.0
    if a != b:
        raise ValueError(f"{where}: {a!r} and {b!r}")
    return 0.0


def agree(*folders) -> bool:
    """Whether two folders agree; prints what differs."""
    files = [[path for path in Path(folder).iterdir() if path.suffix in KINDS] for folder in folders]
    committed, anew = ({path.name: path for path in paths} for paths in files)
    same, failed = 0, False
    for name in sorted(committed | anew):
        if name not in committed or name not in anew:
            print(f"{name}: only {'committed' if name in committed else 'anew'}")
            failed = True
        elif committed[name].read_bytes() == anew[name].read_bytes():
            same += 1
        else:
            try:
                off = distance(load(committed[name]), load(anew[name]))
            except ValueError as error:
                print(f"{name}{error}")
                failed = True
                continue
            failed |= not off <= TOLERANCE
            print(f"{name}: off by {off:.1e} of {TOLERANCE:.0e}")
    print(f"{same} files of {len(committed | anew)} are the same to the byte")
    return bool(committed) and not failed


def main():
    """Command line."""
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    if not agree(*sys.argv[1:]):
        sys.exit("compare.py: golden files differ from those that are committed")


if __name__ == "__main__":
    main()
