"""The convolutional recurrent network (CRN), over whole clips and frame by frame.

Both forms hold the same layers. A layer with look-ahead `a` labels its result so that frame t has seen input
up to t + a.
"""

import torch
import torch.nn.functional as F
from torch import nn

from config import ModelConfig
from gru import FastGru
from stft import istft, stft


class TimeLayer(nn.Module):
    """What both kinds of convolution share: a span of frames, a look-ahead into it, norm and activation behind it."""

    def __init__(self, span: int, look_ahead: int):
        super().__init__()
        self.span = span
        self.look_ahead = check_look_ahead(look_ahead, span)

    def forward(self, x):
        """Whole clip: span - a frames of zeros in front, a behind; of a transposed one, as many surplus frames cut."""
        return self.window(F.pad(x, (0, 0, self.span - self.look_ahead, self.look_ahead)))

    def window(self, x):
        """Frames in, span fewer frames out: those that depend on no frame outside of the input."""
        return self.activation(self.norm(self.convolve(x)))


class Encoder(TimeLayer):
    """Convolution over (time, frequency), batch norm, PReLU.

    (batch, in, frames, bins) -> (batch, out, frames, bins').
    """

    def __init__(
        self, inputs: int, outputs: int, config: ModelConfig, dilation: int, look_ahead: int, norm: bool = True
    ):
        super().__init__((config.kernel[0] - 1) * dilation, look_ahead)
        self.conv = nn.Conv2d(
            inputs, outputs, config.kernel, (1, config.stride), (0, config.padding), dilation=(dilation, 1)
        )
        self.norm = nn.BatchNorm2d(outputs) if norm else nn.Identity()
        self.activation = nn.PReLU(outputs)

    def convolve(self, x):
        """The convolution without padding along time."""
        return self.conv(x)


class Decoder(TimeLayer):
    """Transposed convolution over (time, frequency), cut along time; batch norm and PReLU unless it is the last."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        config: ModelConfig,
        dilation: int,
        look_ahead: int,
        last: bool,
        norm: bool = True,
    ):
        super().__init__((config.kernel[0] - 1) * dilation, look_ahead)
        self.conv = nn.ConvTranspose2d(
            inputs,
            outputs,
            config.kernel,
            (1, config.stride),
            (0, config.padding),
            output_padding=(0, config.output_padding),
            dilation=(dilation, 1),
        )
        self.norm = nn.BatchNorm2d(outputs) if norm and not last else nn.Identity()
        self.activation = nn.Identity() if last else nn.PReLU(outputs)

    def convolve(self, x):
        """The sum that a transposed convolution is, gathered: zeros between the bins, then a convolution with the kernel
        turned around. PyTorch's own code for it is several times slower on a CPU.
        """
        conv = self.conv
        stride, padding, extra = conv.stride[1], conv.padding[1], conv.output_padding[1]
        reach = conv.kernel_size[1] - 1 - padding
        batch, channels, frames, bins = x.shape
        spread = x.new_zeros(batch, frames, reach + (bins - 1) * stride + 1 + reach + extra, channels)
        spread[:, :, reach : reach + (bins - 1) * stride + 1 : stride] = x.permute(0, 2, 3, 1)
        weight = conv.weight.transpose(0, 1).flip(2, 3)
        return F.conv2d(spread.permute(0, 3, 1, 2), weight, conv.bias, dilation=conv.dilation)


class Recurrent(nn.Module):
    """GRU over time on all bins and channels of a frame, and a linear layer back to the same shape."""

    def __init__(self, channels: int, bins: int, hidden: int):
        super().__init__()
        self.gru = nn.GRU(channels * bins, hidden, batch_first=True)
        self.linear = nn.Linear(hidden, channels * bins)

    def forward(self, x, state=None, return_state=False):
        """(batch, channels, frames, bins) -> the same shape. Flattened bin-major: index = bin * channels + channel."""
        batch, channels, frames, bins = x.shape
        flat = x.permute(0, 2, 3, 1).reshape(batch, frames, bins * channels)
        hidden, state = self.gru(flat, state)
        y = self.linear(hidden).reshape(batch, frames, bins, channels).permute(0, 3, 1, 2)
        return (y, state) if return_state else y


class Path(nn.Module):
    """One way of a dual path: GRU, linear layer, norm over the frame, residual."""

    def __init__(self, channels: int, bins: int, both_ways: bool):
        super().__init__()
        hidden = channels // 2 if both_ways else channels
        self.gru = nn.ModuleList([FastGru(channels, hidden, batch_first=True, bidirectional=both_ways)])
        self.linear = nn.Linear(channels, channels)
        self.norm = nn.LayerNorm((bins, channels), eps=1e-8)

    def close(self, x, hidden):
        """Input and the GRU's result, both (batch, frames, bins, channels), to the output of the block."""
        return x + self.norm(self.linear(hidden))


class DualPath(nn.Module):
    """Recurrence along the bins of a frame in both directions, then along time, the same for every bin.

    After Luo et al., "Dual-Path RNN", ICASSP 2020, and Le et al., "DPCRN", Interspeech 2021.
    """

    def __init__(self, channels: int, bins: int):
        super().__init__()
        self.bins = Path(channels, bins, both_ways=True)
        self.time = Path(channels, bins, both_ways=False)

    def forward(self, x, state=None):
        """(batch, frames, bins, channels) and the state along time, (1, batch * bins, channels): both of them again."""
        batch, frames, bins, channels = x.shape
        along, _ = self.bins.gru[0](x.reshape(batch * frames, bins, channels))
        x = self.bins.close(x, along.reshape(x.shape))
        series = x.transpose(1, 2).reshape(batch * bins, frames, channels)
        along, state = self.time.gru[0](series, state)
        x = self.time.close(x, along.reshape(batch, bins, frames, channels).transpose(1, 2))
        return x, state


class DualPaths(nn.ModuleList):
    """Dual-path blocks one after the other, on (batch, channels, frames, bins)."""

    def __init__(self, channels: int, bins: int, blocks: int):
        super().__init__(DualPath(channels, bins) for _ in range(blocks))

    def forward(self, x, states=None, return_state=False):
        """The same shape again; states as `DualPath` has them, one a block."""
        states = list(states or [None] * len(self))
        x = widened(x).permute(0, 2, 3, 1).contiguous()
        with torch.autocast("cpu", enabled=False):
            for i, block in enumerate(self):
                x, states[i] = block(x, states[i])
        x = x.permute(0, 3, 1, 2)
        return (x, states) if return_state else x


def band_matrix(kept: int, bands: int, bins: int, sample_rate: int) -> torch.Tensor:
    """Triangles (bands, bins - kept) that part the bins behind `kept`; the weights of each bin sum to one.

    Their peaks are spaced evenly on the ERB-rate scale of Glasberg and Moore (1990), 21.4 log10(1 + 0.00437 f).
    """

    def rate(frequency):
        return 21.4 * torch.log10(1 + 0.00437 * frequency)

    frequency = torch.arange(kept, bins, dtype=torch.float64) * sample_rate / (2 * (bins - 1))
    position = (rate(frequency) - rate(frequency[0])) / (rate(frequency[-1]) - rate(frequency[0])) * (bands - 1)
    return (1 - (position[None] - torch.arange(bands)[:, None]).abs()).clamp(min=0)


class Bands(nn.Module):
    """A fixed matrix along frequency for the bins behind the first `kept`."""

    def __init__(self, kept: int, weight: torch.Tensor):
        super().__init__()
        self.kept = kept
        self.register_buffer("weight", weight.float())

    def forward(self, x):
        """(..., bins) -> (..., kept + rows of the matrix)."""
        return torch.cat((x[..., : self.kept], x[..., self.kept :] @ self.weight.T), -1)


def widened(x):
    """A half-precision tensor in float32, any other as it is."""
    return x.float() if x.dtype == torch.bfloat16 else x


class Crn(nn.Module):
    """Noisy spectrum in, complex mask out. `norm=False` builds it as exported, with the norms folded away."""

    def __init__(self, config: ModelConfig, norm: bool = True):
        super().__init__()
        self.config = config
        channels = list(config.encoder_channels)
        layers = len(channels)
        known = {f"{side}.{i}" for side in ("encoder", "decoder") for i in range(layers)}
        unknown = set(config.look_ahead) - known
        if unknown:
            raise ValueError(f"look-ahead for unknown layers {sorted(unknown)}")
        if len(config.dilation) != layers:
            raise ValueError(f"{len(config.dilation)} dilations for {layers} encoder layers")
        inputs = [3] + channels[:-1]
        self.encoder = nn.ModuleList(
            Encoder(inputs[i], channels[i], config, config.dilation[i], config.look_ahead.get(f"encoder.{i}", 0), norm)
            for i in range(layers)
        )
        if config.bands:
            kept, bands = config.bands
            matrix = band_matrix(kept, bands, config.bins, config.sample_rate)
            self.bands = Bands(kept, matrix / matrix.sum(1, keepdim=True))
            self.bins = Bands(kept, matrix.T)
        else:
            self.bands = self.bins = nn.Identity()
        if config.dual_paths:
            self.dual_path = DualPaths(channels[-1], config.sizes()[-1], config.dual_paths)
        else:
            self.recurrent = Recurrent(channels[-1], config.sizes()[-1], config.recurrent)
        outputs = channels[-2::-1] + [2]
        self.decoder = nn.ModuleList(
            Decoder(
                channels[-1 - i],
                outputs[i],
                config,
                config.dilation[-1 - i],
                config.look_ahead.get(f"decoder.{i}", 0),
                last=i == layers - 1,
                norm=norm,
            )
            for i in range(layers)
        )

        # A mask that lets the input through is a far better start than one around zero, from which the sign of its real
        # part must be found first.
        with torch.no_grad():
            self.decoder[-1].conv.bias[0] = 1.0

    @property
    def core(self):
        """What lies between encoder and decoder."""
        return self.dual_path if self.config.dual_paths else self.recurrent

    @property
    def latency(self) -> int:
        """Frames of look-ahead of the whole network: look-aheads add up along the chain."""
        return sum(layer.look_ahead for layer in [*self.encoder, *self.decoder])

    def features(self, spectrum):
        """(batch, frames, bins) complex -> (batch, 3, frames, bins): compressed magnitude, real and imaginary part."""
        c = self.config.compression
        power = spectrum.real.square() + spectrum.imag.square() + 1e-10
        scale = power ** ((c - 1) / 2)
        x = self.bands(torch.stack((power ** (c / 2), spectrum.real * scale, spectrum.imag * scale), 1))
        return x.contiguous(memory_format=torch.channels_last)

    def finish(self, x):
        """Result of the last layer to the complex mask: (batch, 2, frames, bands) -> (batch, frames, bins)."""
        x = self.bins(torch.tanh(widened(x)))
        return torch.complex(x[:, 0], x[:, 1])

    def mask(self, spectrum):
        """Complex mask for a whole clip, (batch, frames, bins); frame t goes with spectrum frame t."""
        x = self.features(spectrum)
        skips = []
        for layer in self.encoder:
            x = layer(x)
            skips.append(x)
        x = self.core(x)
        for layer in self.decoder:
            x = layer(x + skips.pop())
        return self.finish(x)

    def forward(self, spectrum):
        """Enhanced spectrum for a whole clip, (batch, frames, bins) complex."""
        return self.mask(spectrum) * spectrum

    def enhance(self, signal):
        """(batch, samples) -> the same shape, aligned with the input."""
        framing = self.config.framing
        return istft(self(stft(signal, *framing)), signal.shape[-1], *framing)


def check_look_ahead(look_ahead: int, span: int) -> int:
    """A layer can look ahead by at most the frames that it spans."""
    if not 0 <= look_ahead <= span:
        raise ValueError(f"look-ahead {look_ahead} is not within 0..{span}")
    return look_ahead


class Wire:
    """A frame on its way, and its label. `frame` is None outside of the clip, where whoever reads it reads zero."""

    def __init__(self, label, frame):
        self.label, self.frame = label, frame


class LayerStream:
    """State of one encoder or decoder layer: its last span + 1 input frames."""

    def __init__(self, layer, channels, bins):
        self.layer = layer
        self.history = torch.zeros(1, channels, layer.span + 1, bins)

    def step(self, wire, frames):
        """Take the frame of one step; give the frame labelled `look_ahead` earlier."""
        frame = torch.zeros_like(self.history[:, :, :1]) if wire.frame is None else wire.frame
        self.history = torch.cat((self.history[:, :, 1:], frame), 2)
        label = wire.label - self.layer.look_ahead
        return Wire(label, self.layer.window(self.history) if inside(label, frames) else None)


def inside(label, frames):
    """Whether a label lies in the clip; `frames` is None while its end is not known."""
    return label >= 0 and (frames is None or label < frames)


class DelayLine:
    """Holds a wire back by a number of steps."""

    def __init__(self, delay):
        self.queue = [Wire(-1, None)] * delay

    def step(self, wire):
        """Put one in, take the oldest out."""
        self.queue = [*self.queue, wire]
        return self.queue.pop(0)


class CrnStream:
    """Frame-by-frame form of a `Crn` in evaluation mode, with all of its state made explicit."""

    def __init__(self, model: Crn):
        self.model = model
        self.steps = 0
        channels, sizes = [3, *model.config.encoder_channels], model.config.sizes()
        layers = len(model.encoder)
        self.encoder = [LayerStream(layer, channels[i], sizes[i]) for i, layer in enumerate(model.encoder)]
        self.decoder = [LayerStream(layer, channels[-1 - i], sizes[-1 - i]) for i, layer in enumerate(model.decoder)]
        self.state = None
        # The delay of every wire follows from the look-aheads; joins align the early wire with the late one.
        delays = []
        delay = 0
        for layer in model.encoder:
            delay += layer.look_ahead
            delays.append(delay)
        self.skips = []
        for i, layer in enumerate(model.decoder):
            self.skips.append(DelayLine(delay - delays[layers - 1 - i]))
            delay += layer.look_ahead
        self.noisy = DelayLine(delay)
        self.delay = delay

    @torch.no_grad()
    def step(self, spectrum, frames=None):
        """Take spectrum frame `n` of the stream, shape (bins,), or None after its end; give frame `n - delay` or None.

        `frames` is the length of the clip, once it is known.
        """
        source = Wire(self.steps, None if spectrum is None else spectrum.reshape(1, 1, -1))
        self.steps += 1
        x = Wire(source.label, None if source.frame is None else self.model.features(source.frame))
        skips = []
        for layer in self.encoder:
            x = layer.step(x, frames)
            skips.append(x)
        if x.frame is not None:
            y, self.state = self.model.core(x.frame, self.state, return_state=True)
            x = Wire(x.label, y)
        for layer, line in zip(self.decoder, self.skips):
            skip = line.step(skips.pop())
            if x.frame is not None:
                x = Wire(x.label, x.frame + skip.frame)
            x = layer.step(x, frames)
        noisy = self.noisy.step(source)
        if x.frame is None:
            return None
        return (self.model.finish(x.frame) * noisy.frame)[0, 0]

    def run(self, spectrum):
        """A whole clip, (frames, bins), pushed frame by frame and drained."""
        frames = spectrum.shape[0]
        out = [self.step(frame) for frame in spectrum] + [self.step(None, frames) for _ in range(self.delay)]
        out = [frame for frame in out if frame is not None]
        return torch.stack(out) if out else spectrum
