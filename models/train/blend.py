"""Go part of the way from one exported model to another that was trained from it.

blend.py FROM TO -o FILE.safetensors [--part P]

Every weight is `(1 - P) FROM + P TO`. A model that was trained on for other sounds gives up a little of what it did well;
between the two lie models that keep most of both (Wortsman et al., "Robust Fine-Tuning of Zero-Shot Models", CVPR 2022).
Both must be the same network; the header is TO's.
"""

import argparse
import json
from pathlib import Path

import safetensors.torch
import torch

from export import KEY, read_export


@torch.no_grad()
def blend(old, new, output, part: float) -> dict:
    """Write the model between two; returns its header, which says what was blended."""
    if not 0.0 <= part <= 1.0:
        raise ValueError(f"a part of {part}, expected 0 to 1")
    (old_head, old_model), (head, new_model) = read_export(old), read_export(new)
    for key in ("sample_rate", "window", "hop", "synthesis_window", "configuration", "latency"):
        if old_head.get(key) != head.get(key):
            raise ValueError(f"{key} differs: {old_head.get(key)} in {old}, {head.get(key)} in {new}")
    before, after = old_model.state_dict(), new_model.state_dict()
    tensors = {name: torch.lerp(before[name], after[name], part).contiguous() for name in after}
    head["training"]["blended"] = part
    Path(output).write_bytes(safetensors.torch.save(tensors, {KEY: json.dumps(head)}))
    return head


def main():
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old", metavar="FROM")
    parser.add_argument("new", metavar="TO")
    parser.add_argument("-o", "--output", required=True)
    parser.add_argument("--part", type=float, default=0.875)
    a = parser.parse_args()
    print(json.dumps(blend(a.old, a.new, a.output, a.part), indent=1))


if __name__ == "__main__":
    main()
