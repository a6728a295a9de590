"""Golden vectors for single layers, computed by PyTorch over whole clips.

    python make_layers.py

Writes `layers.safetensors` beside this file; needs torch 2.11 and safetensors. Weights and inputs are drawn in float32,
every expected output is computed from them in float64 and stored in float32. Frames are stored as the engine holds
them: (frames, bins, channels). The metadata key `cases` holds a JSON list of {"name", "kind", "config"}; the tensors of
a case are named "<name>/<tensor>". Each case draws from generators seeded with SEED and its own name, so that adding
one leaves the others as they are.
"""

import json
import random
import zlib
from pathlib import Path

import safetensors.torch
import torch
import torch.nn.functional as F
from torch import nn

SEED = 20240917
CONVOLUTIONS = 72
"""Of each kind."""
RECURRENT = 20
"""Of each cell in each of three forms: along time, along frequency upwards, along frequency in both directions."""
BUDGET = 2300
"""Numbers that a convolution case may hold, so that the file stays small; every twelfth case may hold LARGE."""
LARGE = 8000

tensors: dict = {}
cases: list = []


class Draw:
    """The random source of one case: choices from `random`, tensors from `torch`."""

    def __init__(self, name: str):
        seed = SEED + zlib.crc32(name.encode())
        self.name = name
        self.choice = random.Random(seed)
        self.generator = torch.Generator().manual_seed(seed)

    def normal(self, *shape, scale=1.0, mean=0.0):
        """Normal numbers in float32."""
        return mean + scale * torch.randn(*shape, generator=self.generator)

    def uniform(self, *shape, low=0.0, high=1.0):
        """Uniform numbers in float32."""
        return low + (high - low) * torch.rand(*shape, generator=self.generator)

    def bias(self, count):
        """Numbers away from zero, so that a bias added twice or not at all shows in every channel."""
        sign = torch.where(torch.rand(count, generator=self.generator) < 0.5, -1.0, 1.0)
        return sign * self.uniform(count, low=0.3, high=1.0)

    def channels(self):
        """1 to 40; one time in three a multiple of a vector's length."""
        return self.choice.choice([8, 16, 24, 32, 40]) if self.choice.random() < 1 / 3 else self.choice.randint(1, 40)


def add(draw, kind, config, **parts):
    """Record a case. Every tensor is stored in float32."""
    cases.append({"name": draw.name, "kind": kind, "config": config})
    for key, tensor in parts.items():
        assert torch.isfinite(tensor).all(), f"{draw.name}/{key}"
        tensors[f"{draw.name}/{key}"] = tensor.detach().float().contiguous()


def to_torch(frames):
    """(frames, bins, channels) -> (1, channels, frames, bins) in float64."""
    return frames.double().permute(2, 0, 1)[None]


def from_torch(x):
    """(1, channels, frames, bins) -> (frames, bins, channels)."""
    return x[0].permute(1, 2, 0)


def group_layout(draw, mode):
    """(input channels, output channels, groups)."""
    if mode == "one":
        return draw.channels(), draw.channels(), 1
    if mode == "square":
        both = draw.channels()
        return both, both, 1
    if mode == "two":
        return 2 * draw.choice.randint(1, 20), 2 * draw.choice.randint(1, 20), 2
    if mode == "square two":
        both = 2 * draw.choice.randint(1, 20)
        return both, both, 2
    if mode == "depthwise":
        both = draw.channels()
        return both, both, both
    if mode == "multiplied":
        inputs = draw.choice.randint(1, 16)
        return inputs, inputs * draw.choice.choice([2, 2, 3]), inputs
    if mode == "gathered":
        outputs = draw.choice.randint(1, 16)
        return outputs * draw.choice.randint(2, 3), outputs, outputs
    groups = draw.choice.randint(3, 6)
    return groups * draw.choice.randint(1, 6), groups * draw.choice.randint(1, 6), groups


MODES = ["one", "depthwise", "two", "multiplied", "square", "several", "gathered", "square two"]


def draw_convolution(draw, index, transposed):
    """A configuration that PyTorch accepts and that keeps to the budget."""
    choice = draw.choice
    while True:
        inputs, outputs, groups = group_layout(draw, MODES[index % len(MODES)])
        bins, frames = choice.randint(1, 40), choice.randint(1, 12)
        kernel = [choice.randint(1, 4), choice.randint(1, 5)]
        dilation = [choice.randint(1, 5), choice.randint(1, 3)]
        stride, padding = choice.randint(1, 3), choice.randint(0, 4)
        output_padding = choice.randint(0, max(stride, dilation[1]) - 1) if transposed else 0
        span = (kernel[0] - 1) * dilation[0]
        # Look-aheads in turn: none, one frame, all, any.
        wanted = [0, 1, span, choice.randint(0, span)][index // len(MODES) % 4]
        if wanted > span:
            continue
        reach = dilation[1] * (kernel[1] - 1) + 1
        if transposed:
            bins_out = (bins - 1) * stride - 2 * padding + reach + output_padding
        else:
            bins_out = (bins + 2 * padding - reach) // stride + 1
        numbers = inputs * outputs // groups * kernel[0] * kernel[1]
        numbers += frames * (bins * inputs + max(bins_out, 0) * outputs)
        if bins_out < 1 or numbers > (LARGE if index % 12 == 0 else BUDGET):
            continue
        config = {
            "bins": bins,
            "input_channels": inputs,
            "output_channels": outputs,
            "kernel": kernel,
            "dilation": dilation,
            "stride": stride,
            "padding": padding,
            "output_padding": output_padding,
            "groups": groups,
            "look_ahead": wanted,
        }
        return config, frames


def draw_weights(draw, config, transposed):
    """Weight and bias in PyTorch's layout."""
    inputs, outputs, groups = config["input_channels"], config["output_channels"], config["groups"]
    shape = [inputs, outputs // groups] if transposed else [outputs, inputs // groups]
    fan = inputs // groups * config["kernel"][0] * config["kernel"][1]
    return draw.normal(*shape, *config["kernel"], scale=fan**-0.5), draw.bias(outputs)


def convolve(x, weight, bias, config, transposed):
    """The whole clip x, (1, channels, frames, bins), at once."""
    kernel, dilation = config["kernel"], config["dilation"]
    inputs, outputs, ahead = config["input_channels"], config["output_channels"], config["look_ahead"]
    span = (kernel[0] - 1) * dilation[0]
    along = {"stride": (1, config["stride"]), "padding": (0, config["padding"]), "dilation": tuple(dilation)}
    if transposed:
        layer = nn.ConvTranspose2d(
            inputs, outputs, kernel, groups=config["groups"], output_padding=(0, config["output_padding"]), **along
        ).double()
    else:
        layer = nn.Conv2d(inputs, outputs, kernel, groups=config["groups"], **along).double()
    layer.load_state_dict({"weight": weight.double(), "bias": bias.double()})
    if transposed:
        return layer(x)[:, :, ahead : ahead + x.shape[2]]
    return layer(F.pad(x, (0, 0, span - ahead, ahead)))


def make_convolutions(transposed):
    """Random configurations of one kind."""
    kind = "transposed convolution" if transposed else "convolution"
    for index in range(CONVOLUTIONS):
        draw = Draw(f"{kind.replace(' ', '-')}.{index:02}")
        config, frames = draw_convolution(draw, index, transposed)
        x = draw.normal(frames, config["bins"], config["input_channels"])
        weight, bias = draw_weights(draw, config, transposed)
        y = convolve(to_torch(x), weight, bias, config, transposed)
        add(draw, kind, {**config, "frames": frames}, input=x, weight=weight, bias=bias, expected=from_torch(y))


def make_normalised_convolutions(transposed):
    """Convolution, batch norm in evaluation mode, PReLU: the outputs behind the norm and behind the rectifier."""
    kind = "normalised transposed convolution" if transposed else "normalised convolution"
    for index in range(16):
        draw = Draw(f"{kind.replace(' ', '-')}.{index:02}")
        config, frames = draw_convolution(draw, index, transposed)
        outputs = config["output_channels"]
        x = draw.normal(frames, config["bins"], config["input_channels"])
        weight, bias = draw_weights(draw, config, transposed)
        parts, norm = draw_norm(draw, outputs)
        # Slopes away from zero: a peak that the rectifier makes small would magnify rounding.
        slopes = 0.9 * draw.bias(1 if index % 4 == 3 else outputs)
        y = norm(convolve(to_torch(x), weight, bias, config, transposed))
        rectified = F.prelu(y, slopes.double())
        config = {**config, "frames": frames, "epsilon": norm.eps}
        parts = {f"norm.{key}": tensor for key, tensor in parts.items()}
        outputs = {"normalised": from_torch(y), "rectified": from_torch(rectified)}
        add(draw, kind, config, input=x, weight=weight, bias=bias, slopes=slopes, **parts, **outputs)


def draw_norm(draw, channels):
    """The tensors of a batch norm, and the norm in float64."""
    parts = {
        "weight": draw.bias(channels),
        "bias": draw.bias(channels),
        "running_mean": draw.normal(channels),
        "running_var": draw.uniform(channels, low=0.05, high=4.0),
    }
    norm = nn.BatchNorm2d(channels, eps=draw.choice.choice([1e-5, 1e-3])).double().eval()
    norm.load_state_dict({key: tensor.double() for key, tensor in parts.items()}, strict=False)
    return parts, norm


def make_batch_norms():
    """Batch norm as a layer of its own."""
    for index in range(10):
        draw = Draw(f"batch-norm.{index:02}")
        bins, channels, frames = draw.choice.randint(1, 20), draw.channels(), draw.choice.randint(1, 4)
        x = draw.normal(frames, bins, channels, scale=2.0)
        parts, norm = draw_norm(draw, channels)
        config = {"bins": bins, "channels": channels, "epsilon": norm.eps}
        parts = {f"norm.{key}": tensor for key, tensor in parts.items()}
        add(draw, "batch norm", config, input=x, expected=from_torch(norm(to_torch(x))), **parts)


def make_recurrent(cell, form):
    """GRU or LSTM along time (weights shared by the bins), or along frequency within each frame."""
    for index in range(RECURRENT):
        draw = Draw(f"{cell.lower()}-{form}.{index:02}")
        # Multiples of the longest vector, their neighbours, the ends of the range, and any.
        known = [1, 40, 16, 32, 8, 15, 17, 33]
        hidden = known[index] if index < len(known) else draw.choice.randint(2, 14)
        inputs = draw.choice.choice([1, 3, 8, 16]) if hidden > 14 else draw.choice.randint(1, 20)
        # Two directions of 40 would fill the file; the other forms have those sizes.
        hidden = min(hidden, 24) if form == "both" else hidden
        frames = draw.choice.randint(1, 12)
        bins = 1 if form == "time" and index % 2 == 0 else draw.choice.randint(2, 9)
        x = draw.normal(frames, bins, inputs)
        layer = getattr(nn, cell)(inputs, hidden, batch_first=True, bidirectional=form == "both")
        # PyTorch's own range makes gates that hardly move; here they open and close.
        state = {}
        for key, tensor in layer.state_dict().items():
            scale = 1.5 * tensor.shape[-1] ** -0.5
            state[key] = draw.bias(tensor.shape[0]) if "bias" in key else draw.normal(*tensor.shape, scale=scale)
        layer = layer.double()
        layer.load_state_dict({key: tensor.double() for key, tensor in state.items()})
        if form == "time":
            y = layer(x.double().transpose(0, 1))[0].transpose(0, 1)
        else:
            y = layer(x.double())[0]
        config = {"bins": bins, "inputs": inputs, "hidden": hidden, "frames": frames, "form": form}
        add(draw, cell, config, input=x, expected=y, **state)


def make_linear():
    """A matrix on the channels of every bin."""
    for index in range(16):
        draw = Draw(f"linear.{index:02}")
        inputs, outputs = draw.channels(), draw.channels()
        bins, frames = (1 if index % 4 == 0 else draw.choice.randint(2, 12)), draw.choice.randint(1, 3)
        x, weight, bias = draw.normal(frames, bins, inputs), draw.normal(outputs, inputs), draw.bias(outputs)
        y = F.linear(x.double(), weight.double(), bias.double())
        config = {"bins": bins, "inputs": inputs, "outputs": outputs}
        add(draw, "linear", config, input=x, weight=weight, bias=bias, expected=y)


def make_layer_norms():
    """Over the channels of each bin, and over the whole frame."""
    for index in range(24):
        over = ["channels", "frame"][index % 2]
        draw = Draw(f"layer-norm-{over}.{index:02}")
        bins, channels, frames = draw.choice.randint(1, 14), draw.channels(), draw.choice.randint(1, 3)
        epsilon = draw.choice.choice([1e-3, 1e-5, 1e-8])
        shape = [channels] if over == "channels" else [bins, channels]
        x = draw.normal(frames, bins, channels, scale=draw.choice.choice([0.1, 1.0, 10.0]), mean=draw.normal(1).item())
        weight, bias = draw.normal(*shape), draw.normal(*shape)
        y = F.layer_norm(x.double(), shape, weight.double(), bias.double(), epsilon)
        config = {"bins": bins, "channels": channels, "over": over, "epsilon": epsilon}
        add(draw, "layer norm", config, input=x, weight=weight, bias=bias, expected=y)


def make_prelus():
    """One slope for all channels, and one each."""
    for index in range(12):
        draw = Draw(f"prelu.{index:02}")
        bins, channels, frames = draw.choice.randint(1, 12), draw.channels(), draw.choice.randint(1, 3)
        count = 1 if index % 3 == 0 else channels
        x, slopes = draw.normal(frames, bins, channels), draw.uniform(count, low=-0.5, high=1.2)
        y = F.prelu(to_torch(x), slopes.double())
        config = {"bins": bins, "channels": channels, "slopes": count}
        add(draw, "PReLU", config, input=x, slopes=slopes, expected=from_torch(y))


def make_activations():
    """Every curve over several ranges, so that the peak of the output measures the part of the curve in question."""
    curves = {"ReLU": F.relu, "ELU": F.elu, "SiLU": F.silu, "tanh": torch.tanh, "sigmoid": torch.sigmoid}
    ranges = {"whole": (-30.0, 30.0), "below": (-30.0, 0.0), "far below": (-30.0, -8.0), "middle": (-3.0, 3.0)}
    ranges["near zero"] = (-1e-3, 1e-3)
    for curve, function in curves.items():
        for where, (low, high) in ranges.items():
            draw = Draw(f"activation-{curve}.{where.replace(' ', '-')}")
            # 301 is no multiple of any vector's length; the ends and the middle of the range are among the numbers.
            x = torch.linspace(low, high, 301).reshape(1, 7, 43)
            config = {"curve": curve, "low": low, "high": high}
            add(draw, "activation", config, input=x, expected=function(x.double()))


def make_shuffles():
    """Channels of groups, interleaved."""
    for index in range(8):
        draw = Draw(f"channel-shuffle.{index:02}")
        groups = draw.choice.randint(1, 5)
        bins, frames = draw.choice.randint(1, 8), draw.choice.randint(1, 3)
        channels = groups * draw.choice.randint(1, 8)
        x = draw.normal(frames, bins, channels)
        config = {"bins": bins, "channels": channels, "groups": groups}
        y = F.channel_shuffle(to_torch(x), groups)
        add(draw, "channel shuffle", config, input=x, expected=from_torch(y))


def make_masks():
    """Complex product of mask and spectrum; the input holds the mask in channels 0 and 1, the spectrum in 2 and 3."""
    for index in range(8):
        draw = Draw(f"complex-mask.{index:02}")
        bins, frames = draw.choice.randint(1, 40), draw.choice.randint(1, 4)
        x = draw.normal(frames, bins, 4)
        mask, spectrum = torch.view_as_complex(x.double().reshape(frames, bins, 2, 2)).unbind(-1)
        add(draw, "complex mask", {"bins": bins}, input=x, expected=torch.view_as_real(mask * spectrum))


def make_compressed():
    """Compressed magnitude, real and imaginary part, at many levels, some bins empty."""
    for index, compression in enumerate([0.3, 0.3, 0.3, 0.3, 0.3, 0.5, 0.5, 0.5, 0.0, 0.1, 0.7, 0.9, 1.0, 1.0]):
        draw = Draw(f"compressed-spectrum.{index:02}")
        bins, frames = draw.choice.randint(1, 40), draw.choice.randint(1, 4)
        level = [1.0, 1e-3, 1e-6, 1e3, 30.0][index % 5]
        x = draw.normal(frames, bins, 2, scale=level)
        x[draw.uniform(frames, bins) < 0.1] = 0.0
        re, im = x.double().unbind(-1)
        magnitude = torch.sqrt(re**2 + im**2 + 1e-10)
        gain = magnitude ** (compression - 1)
        y = torch.stack((magnitude**compression, re * gain, im * gain), -1)
        config = {"bins": bins, "compression": compression, "level": level}
        add(draw, "compressed spectrum", config, input=x, expected=y)


def main():
    """Make every case and write the file."""
    for transposed in (False, True):
        make_convolutions(transposed)
        make_normalised_convolutions(transposed)
    for cell in ("GRU", "LSTM"):
        for form in ("time", "upward", "both"):
            make_recurrent(cell, form)
    make_batch_norms()
    make_linear()
    make_layer_norms()
    make_prelus()
    make_activations()
    make_shuffles()
    make_masks()
    make_compressed()
    content = safetensors.torch.save(tensors, {"cases": json.dumps(cases)})
    (Path(__file__).parent / "layers.safetensors").write_bytes(content)
    print(f"{len(cases)} cases, {len(content)} bytes")


if __name__ == "__main__":
    main()
