"""The convolutional recurrent network (CRN), over whole clips and frame by frame.

Both forms hold the same layers. A layer with look-ahead `a` labels its result so that frame t has seen input
up to t + a.
"""

import torch
import torch.nn.functional as F
from torch import nn

from config import ModelConfig
from stft import istft, stft


class Encoder(nn.Module):
    """Convolution over (time, frequency), batch norm, PReLU.

    (batch, in, frames, bins) -> (batch, out, frames, bins').
    """

    def __init__(
        self, inputs: int, outputs: int, config: ModelConfig, dilation: int, look_ahead: int, norm: bool = True
    ):
        super().__init__()
        self.span = (config.kernel[0] - 1) * dilation
        self.look_ahead = check_look_ahead(look_ahead, self.span)
        self.conv = nn.Conv2d(
            inputs, outputs, config.kernel, (1, config.stride), (0, config.padding), dilation=(dilation, 1)
        )
        self.norm = nn.BatchNorm2d(outputs) if norm else nn.Identity()
        self.activation = nn.PReLU(outputs)

    def forward(self, x):
        """Whole clip: span - a frames of zeros in front, a behind."""
        return self.window(F.pad(x, (0, 0, self.span - self.look_ahead, self.look_ahead)))

    def window(self, x):
        """Frames in, span fewer frames out."""
        return self.activation(self.norm(self.conv(x)))


class Decoder(nn.Module):
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
        super().__init__()
        self.span = (config.kernel[0] - 1) * dilation
        self.look_ahead = check_look_ahead(look_ahead, self.span)
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

    def forward(self, x):
        """Whole clip: of the span surplus frames, a are cut in front and the rest behind."""
        return self.activation(self.norm(self.conv(x)[:, :, self.look_ahead : self.look_ahead + x.shape[2]]))

    def window(self, x):
        """Frames in, span fewer frames out: those that depend on no frame outside of the input."""
        return self.activation(self.norm(self.conv(x)[:, :, self.span : x.shape[2]]))


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

    @property
    def latency(self) -> int:
        """Frames of look-ahead of the whole network: look-aheads add up along the chain."""
        return sum(layer.look_ahead for layer in [*self.encoder, *self.decoder])

    def features(self, spectrum):
        """(batch, frames, bins) complex -> (batch, 3, frames, bins): compressed magnitude, real and imaginary part."""
        c = self.config.compression
        power = spectrum.real.square() + spectrum.imag.square() + 1e-10
        scale = power ** ((c - 1) / 2)
        return torch.stack((power ** (c / 2), spectrum.real * scale, spectrum.imag * scale), 1)

    def mask(self, spectrum):
        """Complex mask for a whole clip, (batch, frames, bins); frame t goes with spectrum frame t."""
        x = self.features(spectrum)
        skips = []
        for layer in self.encoder:
            x = layer(x)
            skips.append(x)
        x = self.recurrent(x)
        for layer in self.decoder:
            x = layer(x + skips.pop())
        x = torch.tanh(x.float())
        return torch.complex(x[:, 0], x[:, 1])

    def forward(self, spectrum):
        """Enhanced spectrum for a whole clip, (batch, frames, bins) complex."""
        return self.mask(spectrum) * spectrum

    def enhance(self, signal):
        """(batch, samples) -> the same shape, aligned with the input."""
        window, hop = self.config.window, self.config.hop
        return istft(self(stft(signal, window, hop)), signal.shape[-1], window, hop)


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
            y, self.state = self.model.recurrent(x.frame, self.state, return_state=True)
            x = Wire(x.label, y)
        for layer, line in zip(self.decoder, self.skips):
            skip = line.step(skips.pop())
            if x.frame is not None:
                x = Wire(x.label, x.frame + skip.frame)
            x = layer.step(x, frames)
        noisy = self.noisy.step(source)
        if x.frame is None:
            return None
        mask = torch.tanh(x.frame)
        return (torch.complex(mask[:, 0], mask[:, 1]) * noisy.frame)[0, 0]

    def run(self, spectrum):
        """A whole clip, (frames, bins), pushed frame by frame and drained."""
        frames = spectrum.shape[0]
        out = [self.step(frame) for frame in spectrum] + [self.step(None, frames) for _ in range(self.delay)]
        out = [frame for frame in out if frame is not None]
        return torch.stack(out) if out else spectrum
