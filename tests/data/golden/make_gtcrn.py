"""Golden vectors for GTCRN: the whole network in PyTorch, with weights drawn at random.

    python make_gtcrn.py

Writes three files beside this file; needs torch 2.11 and safetensors.

- `gtcrn.tar` is a training checkpoint with the names, shapes and packing of the published ones: the state dict under
  `model`, beside `epoch` and `optimizer`; the bands' two matrices share a storage, and so do the tensors of each
  recurrent layer.
- `gtcrn-optimizer.tar` is such a checkpoint without the state dict.
- `gtcrn.safetensors` holds what goes in and what comes out: `samples` and `enhanced` (samples), `input` and `expected`
  (frames, bins, 2), and `band_mask` (frames, bands, 2), which the decoder gives. Everything is computed over the whole
  clip and in float64 from the float32 weights and the float32 `samples` or `input`.

The network is that of Rong et al., "GTCRN: A Speech Enhancement Model Requiring Ultralow Computational Resources",
ICASSP 2024.
"""

import copy
import io
import math
from pathlib import Path

import safetensors.torch
import torch
from torch import nn
from torch.nn import functional as F

HERE = Path(__file__).resolve().parent
SEED = 20240919
WINDOW, HOP = 512, 256
FRAMES = 40
BINS, KEPT, BANDS = 257, 65, 64
CHANNELS, WIDTH = 16, 33


def neighbours(x):
    """Each bin beside the one below and the one above: (clips, 3 channels, frames, bins), the three side by side."""
    padded = F.pad(x, (1, 1))
    bins = x.shape[-1]
    return torch.stack([padded[..., j : j + bins] for j in range(3)], 2).flatten(1, 2)


class Bands(nn.Module):
    """The upper bins merged into bands, and bands spread over bins."""

    def __init__(self):
        super().__init__()
        self.erb_fc = nn.Linear(BINS - KEPT, BANDS, bias=False)
        self.ierb_fc = nn.Linear(BANDS, BINS - KEPT, bias=False)

    def merge(self, x):
        return torch.cat([x[..., :KEPT], self.erb_fc(x[..., KEPT:])], -1)

    def spread(self, x):
        return torch.cat([x[..., :KEPT], self.ierb_fc(x[..., KEPT:])], -1)


class Strided(nn.Module):
    """Five taps along frequency, every other bin; transposed, twice the bins."""

    def __init__(self, inputs, outputs, groups, transposed=False, last=False):
        super().__init__()
        kind = nn.ConvTranspose2d if transposed else nn.Conv2d
        self.conv = kind(inputs, outputs, (1, 5), stride=(1, 2), padding=(0, 2), groups=groups)
        self.bn = nn.BatchNorm2d(outputs)
        self.act = nn.Tanh() if last else nn.PReLU()

    def forward(self, x):
        return self.act(self.bn(self.conv(x)))


class Attention(nn.Module):
    """A gain for each channel and frame from the course of its power."""

    def __init__(self, channels):
        super().__init__()
        self.att_gru = nn.GRU(channels, 2 * channels, batch_first=True)
        self.att_fc = nn.Linear(2 * channels, channels)

    def forward(self, x):
        power = x.square().mean(-1).transpose(1, 2)
        gain = torch.sigmoid(self.att_fc(self.att_gru(power)[0]))
        return x * gain.transpose(1, 2).unsqueeze(-1)


class Temporal(nn.Module):
    """Half of the channels through three convolutions and attention, interleaved with the other half."""

    def __init__(self, dilation, transposed=False):
        super().__init__()
        kind = nn.ConvTranspose2d if transposed else nn.Conv2d
        half = CHANNELS // 2
        self.span = 2 * dilation
        self.transposed = transposed
        self.point_conv1 = kind(3 * half, CHANNELS, 1)
        self.point_bn1 = nn.BatchNorm2d(CHANNELS)
        self.point_act = nn.PReLU()
        # Along time the frames are padded, or cut, in `forward`, so that none is from the future.
        self.depth_conv = kind(CHANNELS, CHANNELS, 3, padding=(0, 1), dilation=(dilation, 1), groups=CHANNELS)
        self.depth_bn = nn.BatchNorm2d(CHANNELS)
        self.depth_act = nn.PReLU()
        self.point_conv2 = kind(CHANNELS, half, 1)
        self.point_bn2 = nn.BatchNorm2d(half)
        self.tra = Attention(half)

    def forward(self, x):
        through, beside = x.chunk(2, 1)
        y = self.point_act(self.point_bn1(self.point_conv1(neighbours(through))))
        if self.transposed:
            # Frame t scatters to t and later: what lies behind the clip is cut.
            y = self.depth_conv(y)[:, :, : x.shape[2]]
        else:
            y = self.depth_conv(F.pad(y, (0, 0, self.span, 0)))
        y = self.depth_act(self.depth_bn(y))
        y = self.tra(self.point_bn2(self.point_conv2(y)))
        return torch.stack([y, beside], 2).flatten(1, 2)


class Grouped(nn.Module):
    """Two recurrent layers, each for one half of the features."""

    def __init__(self, hidden, bidirectional):
        super().__init__()
        half = CHANNELS // 2
        self.rnn1 = nn.GRU(half, hidden, batch_first=True, bidirectional=bidirectional)
        self.rnn2 = nn.GRU(half, hidden, batch_first=True, bidirectional=bidirectional)

    def forward(self, x):
        first, second = x.chunk(2, -1)
        return torch.cat([self.rnn1(first)[0], self.rnn2(second)[0]], -1)


class DualPath(nn.Module):
    """Recurrence along the bins of each frame, then along the frames of each bin."""

    def __init__(self):
        super().__init__()
        self.intra_rnn = Grouped(CHANNELS // 4, bidirectional=True)
        self.intra_fc = nn.Linear(CHANNELS, CHANNELS)
        self.intra_ln = nn.LayerNorm((WIDTH, CHANNELS), eps=1e-8)
        self.inter_rnn = Grouped(CHANNELS // 2, bidirectional=False)
        self.inter_fc = nn.Linear(CHANNELS, CHANNELS)
        self.inter_ln = nn.LayerNorm((WIDTH, CHANNELS), eps=1e-8)

    def forward(self, x):
        x = x.permute(0, 2, 3, 1)
        clips, frames = x.shape[:2]
        y = self.intra_fc(self.intra_rnn(x.flatten(0, 1))).unflatten(0, (clips, frames))
        x = x + self.intra_ln(y)
        y = self.inter_fc(self.inter_rnn(x.transpose(1, 2).flatten(0, 1)))
        x = x + self.inter_ln(y.unflatten(0, (clips, WIDTH)).transpose(1, 2))
        return x.permute(0, 3, 1, 2)


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        blocks = [Strided(9, CHANNELS, 1), Strided(CHANNELS, CHANNELS, 2), Temporal(1), Temporal(2), Temporal(5)]
        self.en_convs = nn.ModuleList(blocks)

    def forward(self, x):
        outputs = []
        for block in self.en_convs:
            x = block(x)
            outputs.append(x)
        return outputs


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.de_convs = nn.ModuleList(
            [
                Temporal(5, transposed=True),
                Temporal(2, transposed=True),
                Temporal(1, transposed=True),
                Strided(CHANNELS, CHANNELS, 2, transposed=True),
                Strided(CHANNELS, 2, 1, transposed=True, last=True),
            ]
        )

    def forward(self, x, skips):
        for block, skip in zip(self.de_convs, reversed(skips)):
            x = block(x + skip)
        return x


class Gtcrn(nn.Module):
    """From spectra (frames, bins, 2) to spectra and the mask over bands (frames, bands, 2)."""

    def __init__(self):
        super().__init__()
        self.erb = Bands()
        self.encoder = Encoder()
        self.dpgrnn1 = DualPath()
        self.dpgrnn2 = DualPath()
        self.decoder = Decoder()

    def forward(self, spectrum):
        re, im = spectrum.unbind(-1)
        features = torch.stack([(re.square() + im.square() + 1e-12).sqrt(), re, im]).unsqueeze(0)
        skips = self.encoder(neighbours(self.erb.merge(features)))
        bands = self.decoder(self.dpgrnn2(self.dpgrnn1(skips[-1])), skips)
        mask = self.erb.spread(bands)[0]
        enhanced = torch.complex(re, im) * torch.complex(mask[0], mask[1])
        return torch.view_as_real(enhanced), bands[0].permute(1, 2, 0)


def triangles():
    """Bands of triangles that widen with frequency; the shares of each bin add up to one. (bands, bins)"""
    edges = torch.linspace(0.0, 1.0, BANDS, dtype=torch.float64)
    centres = (BINS - KEPT - 1) * (0.35 * edges + 0.65 * edges.square())
    bins = torch.arange(BINS - KEPT, dtype=torch.float64)
    matrix = torch.zeros(BANDS, BINS - KEPT, dtype=torch.float64)
    for b, position in enumerate(bins):
        above = int(torch.searchsorted(centres, position).clamp(1, BANDS - 1))
        share = (position - centres[above - 1]) / (centres[above] - centres[above - 1])
        matrix[above - 1, b] = 1.0 - share
        matrix[above, b] = share
    return matrix.float()


def fan_in(name, tensor):
    """How many terms each sum over a weight has."""
    if "decoder" not in name or "att" in name or "depth_conv" in name:
        return tensor[0].numel()
    # A transposed weight is (in, out, ..); at stride two a bin meets half of the five taps.
    return tensor[:, 0].numel() / (2 if tensor.shape[-1] == 5 else 1) / (2 if "de_convs.3" in name else 1)


def randomise(model, generator):
    """Weights that keep the level of a signal; biases, statistics and slopes far from their trivial values."""
    state = model.state_dict()
    for name, tensor in state.items():
        uniform = torch.rand(tensor.shape, generator=generator)
        if "num_batches" in name:
            state[name] = torch.tensor(1000)
        elif "running_var" in name:
            state[name] = 0.4 + 1.6 * uniform
        elif "act.weight" in name:
            # Below zero, between zero and one, above one.
            state[name] = -0.4 + 1.7 * uniform
        elif any(part in name for part in ("bn.weight", "bn1.weight", "bn2.weight", "ln.weight")):
            state[name] = (0.5 + uniform) * torch.where(torch.rand(tensor.shape, generator=generator) < 0.1, -1.0, 1.0)
        elif tensor.dim() == 1 or "ln.bias" in name or "running_mean" in name:
            state[name] = 0.3 * torch.randn(tensor.shape, generator=generator)
        else:
            gain = 0.3 if "de_convs.4" in name else 0.25 if "en_convs.0" in name else 1.0
            state[name] = gain * torch.randn(tensor.shape, generator=generator) * fan_in(name, tensor) ** -0.5
    state["erb.erb_fc.weight"] = triangles()
    state["erb.ierb_fc.weight"] = triangles().T
    model.load_state_dict(state)


def packed(model):
    """The state dict with its storages shared as in a published file."""
    state = model.state_dict()
    state["erb.ierb_fc.weight"] = state["erb.erb_fc.weight"].T
    for prefix, module in model.named_modules():
        if not isinstance(module, nn.GRU):
            continue
        names = [f"{prefix}.{name}" for name, _ in module.named_parameters()]
        # A gap between the tensors, as alignment leaves it.
        flat = torch.zeros(sum(state[name].numel() + 8 for name in names))
        start = 0
        for name in names:
            view = flat[start : start + state[name].numel()].view(state[name].shape)
            start += view.numel() + 8
            state[name] = view.copy_(state[name])
    return state


def voice(generator):
    """Harmonics under a slow envelope with hiss beneath, after a silent start; not a whole number of hops."""
    count = HOP * (FRAMES - 1) - 100
    t = torch.arange(count, dtype=torch.float64) / 16000
    phase = 2 * math.pi * (130 * t + 4 * torch.sin(5 * t))
    harmonics = sum(torch.sin(k * phase + k * k) / k for k in range(1, 24))
    envelope = (0.5 - 0.5 * torch.cos(2 * math.pi * 4 * t)) ** 2
    hiss = torch.randn(count, generator=generator, dtype=torch.float64)
    samples = 0.25 * envelope * harmonics + 0.02 * hiss
    samples[: 3 * HOP] = 0.0
    return samples.float()


def analyse(samples):
    """Spectra (frames, bins, 2) of windows that start one hop before the clip."""
    padded = F.pad(samples, (HOP, HOP * FRAMES - len(samples)))
    window = torch.hann_window(WINDOW, dtype=samples.dtype).sqrt()
    return torch.view_as_real(torch.fft.rfft(padded.unfold(0, WINDOW, HOP) * window))


def synthesise(spectra, count):
    """The samples back from the spectra of their windows, overlapped and added."""
    window = torch.hann_window(WINDOW, dtype=spectra.dtype).sqrt()
    frames = torch.fft.irfft(torch.view_as_complex(spectra)) * window
    samples = torch.zeros(HOP * (FRAMES + 1), dtype=spectra.dtype)
    for i, frame in enumerate(frames):
        samples[i * HOP : i * HOP + WINDOW] += frame
    return samples[HOP : HOP + count]


def save(value, name):
    # Through memory, which calls the archive's folder `archive` whatever the file's name is.
    buffer = io.BytesIO()
    torch.save(value, buffer)
    (HERE / name).write_bytes(buffer.getvalue())


def main():
    """Make the checkpoints, and the clip through the network."""
    generator = torch.Generator().manual_seed(SEED)
    model = Gtcrn().eval()
    randomise(model, generator)
    slopes = [parameter for name, parameter in model.named_parameters() if "act.weight" in name]
    optimizer = torch.optim.Adam(slopes, lr=0.0)
    for slope in slopes:
        slope.grad = torch.ones_like(slope)
    optimizer.step()
    save({"epoch": 12, "optimizer": optimizer.state_dict(), "model": packed(model)}, "gtcrn.tar")
    save({"epoch": 12, "optimizer": optimizer.state_dict()}, "gtcrn-optimizer.tar")

    samples = voice(generator)
    exact = copy.deepcopy(model).double()
    with torch.no_grad():
        spectra = analyse(samples.double())
        enhanced = synthesise(exact(spectra)[0], len(samples))
        spectrum = spectra.float()
        expected, band_mask = exact(spectrum.double())
        single = model(spectrum)
    tensors = {"samples": samples, "enhanced": enhanced}
    tensors |= {"input": spectrum, "expected": expected, "band_mask": band_mask}
    tensors = {name: tensor.float().contiguous() for name, tensor in tensors.items()}
    (HERE / "gtcrn.safetensors").write_bytes(safetensors.torch.save(tensors))
    print(
        f"peaks: {spectrum.abs().max():.2f} in, {expected.abs().max():.2f} out; of the mask {band_mask.abs().max():.3f}"
    )
    print(f"mean of the mask {band_mask.abs().mean():.3f}, above 0.9 {(band_mask.abs() > 0.9).double().mean():.3f}")
    for what, found, wanted in zip(("spectrum", "mask"), single, (expected, band_mask)):
        print(f"PyTorch in float32 is off by {(found - wanted).abs().max():.2e} in the {what}")


if __name__ == "__main__":
    main()
