"""The training loss: compressed complex spectrum, compressed magnitude, SI-SDR, correlation of envelopes, PESQ."""

import functools

import torch

from config import LossConfig


def si_sdr(estimate, target, limit: float = 100.0):
    """Scale-invariant signal-to-distortion ratio in dB of (batch, samples), shape (batch,); saturates at `limit` dB."""
    scale = (estimate * target).sum(-1, keepdim=True) / (target.square().sum(-1, keepdim=True) + 1e-8)
    wanted = (scale * target).square().sum(-1)
    wrong = (estimate - scale * target).square().sum(-1)
    return -10 * torch.log10((wrong + 1e-8) / (wanted + 1e-8) + 10 ** (-limit / 10))


def compress(spectrum, exponent: float):
    """Magnitude to a power, and the spectrum with that magnitude: (batch, frames, bins) real and complex."""
    square = spectrum.real.square() + spectrum.imag.square() + 1e-8
    return square ** (exponent / 2), spectrum * square ** ((exponent - 1) / 2)


@functools.cache
def third_octaves(bins: int, sample_rate: int):
    """Which bins belong to which of 15 third-octave bands from 150 Hz on, (bins, bands)."""
    frequency = torch.arange(bins) * sample_rate / (2 * (bins - 1))
    centre = 150 * 2 ** (torch.arange(15) / 3)
    inside = (frequency[:, None] >= centre * 2 ** (-1 / 6)) & (frequency[:, None] < centre * 2 ** (1 / 6))
    return inside.float()


def envelope_correlation(estimate, target, sample_rate: int, hop: int, seconds: float = 0.384):
    """Mean correlation of the envelopes of third-octave bands over short segments, for spectra (batch, frames, bins).

    What STOI measures (Taal et al., "An Algorithm for Intelligibility Prediction of Time-Frequency Weighted Noisy
    Speech", IEEE TASLP 2011), without its clipping; segments without speech are left out.
    """
    bands = third_octaves(target.shape[-1], sample_rate).to(target.device)
    length = min(round(seconds * sample_rate / hop), target.shape[1])

    def segments(spectrum):
        power = spectrum.real.square() + spectrum.imag.square()
        envelope = (power @ bands + 1e-8).sqrt()
        return envelope.unfold(1, length, max(length // 8, 1))

    x, y = segments(target), segments(estimate)
    loud = x.square().sum((2, 3))
    spoken = (loud > 1e-3 * loud.amax(1, keepdim=True)) & (loud > 1e-2)
    x, y = x - x.mean(-1, keepdim=True), y - y.mean(-1, keepdim=True)
    norm = (x.square().sum(-1) * y.square().sum(-1) + 1e-10).sqrt()
    correlation = ((x * y).sum(-1) / norm).mean(-1)
    return (correlation * spoken).sum() / spoken.sum().clamp(min=1)


@functools.cache
def perceptual_model(sample_rate: int):
    """The differentiable PESQ of package torch-pesq, a close relative of ITU-T P.862."""
    from torch_pesq import PesqLoss

    return PesqLoss(1.0, sample_rate).requires_grad_(False)


def disturbance(estimate, target, sample_rate: int):
    """How far PESQ, before its mapping to opinion scores, lies below its best, for signals (clips, samples); (clips,).

    Zero, with no gradient, where a silent signal leaves it undefined.
    """
    estimate = estimate.clone()
    if estimate.requires_grad:
        # Where both are silent for a third of a second a sixth root of zero has no gradient.
        estimate.register_hook(torch.nan_to_num)
    return perceptual_model(sample_rate)(target, estimate).nan_to_num()


@functools.cache
def octaves(bins: int, sample_rate: int):
    """Which bins belong to which octave: up to 250 Hz, 250 to 500 Hz, and so on; (bins, bands)."""
    frequency = torch.arange(bins) * sample_rate / (2 * (bins - 1))
    band = torch.log2(frequency.clamp(min=1) / 125).floor().clamp(min=0).long().clamp(max=5)
    return torch.nn.functional.one_hot(band).float()


def gain_bias(estimate, target, noisy, sample_rate: int, hop: int, seconds: float = 0.5):
    """How far the gain on speech is from one, for spectra (batch, frames, bins); a mean over where speech dominates.

    The gain of an octave over half a second is the projection of the estimate on the target, `Re <E, S> / <S, S>`. Loud or
    quiet, a segment counts the same; with the speech's part of the energy to a high power as its weight, only those count
    in which there is no choice to make: half at 10 dB above the noise, nothing at 0 dB.
    """
    bands = octaves(target.shape[-1], sample_rate)
    length = max(round(seconds * sample_rate / hop), 1)
    frames = target.shape[1] // length * length

    def segments(x):
        return (x[:, :frames] @ bands).unflatten(1, (-1, length)).sum(2)

    wanted = segments(target.real.square() + target.imag.square())
    difference = noisy - target
    other = segments(difference.real.square() + difference.imag.square())
    along = segments(estimate.real * target.real + estimate.imag * target.imag)
    # What is 60 dB below the loudest segment of its clip is nobody's voice.
    heard = wanted > 1e-6 * wanted.amax((1, 2), keepdim=True) + 1e-9
    weight = heard * (wanted / (wanted + other + 1e-12)) ** 8
    gain = along / (wanted + 1e-12)
    return (weight * (1 - gain).abs()).sum() / weight.sum().clamp(min=1)


def pause_level(estimate, target, noisy, floor: float):
    """Mean level of the estimate against the noisy spectrum, in units of 10 dB, over frames where noise is all there is.

    No lower than `-floor` dB a frame.
    """
    x, s, e = (z.real.square().add(z.imag.square()).sum(-1) for z in (noisy, target, estimate))
    alone = (s < 10 ** -2.5 * x) & (x > 1e-7 * x.amax(1, keepdim=True))
    level = torch.log10(e / (x + 1e-12) + 10 ** (-floor / 10))
    return (level * alone).sum() / alone.sum().clamp(min=1)


def loss(estimate, target, noisy, config: LossConfig, invert, sample_rate: int, hop: int):
    """Scalar loss and its parts, for spectra (batch, frames, bins); `invert` turns spectra into signals.

    Each clip is first brought to one level, that of its target or of the noise far above it, so that quiet clips count
    as much as loud ones. Magnitude that is missing costs more than magnitude too much.
    """
    energy = torch.maximum(target.abs().square().mean((1, 2)), config.least * noisy.abs().square().mean((1, 2)))
    gain = (energy + 1e-9).rsqrt()[:, None, None]
    estimate, target, noisy = estimate * gain, target * gain, noisy * gain
    magnitude, spectrum = compress(estimate, config.compression)
    wanted_magnitude, wanted_spectrum = compress(target, config.compression)
    difference = torch.view_as_real(spectrum - wanted_spectrum).square().sum(-1).mean()
    error = magnitude - wanted_magnitude
    magnitudes = (error.square() * (1 + config.under * (error < 0))).mean()
    # A clip of noise alone has nothing to be like.
    spoken = target.abs().square().mean((1, 2)) > 0.5
    count = spoken.sum().clamp(min=1)
    signal, wanted_signal = invert(estimate), invert(target)
    ratio = si_sdr(signal, wanted_signal, config.si_sdr_limit)[spoken].sum() / count
    total = config.spectrum * difference + config.magnitude * magnitudes - config.si_sdr * ratio
    parts = {"spectrum": difference.detach(), "magnitude": magnitudes.detach(), "si_sdr": ratio.detach()}
    if config.envelope:
        likeness = envelope_correlation(estimate, target, sample_rate, hop)
        total = total - config.envelope * likeness
        parts["envelope"] = likeness.detach()
    if config.bias:
        bias = gain_bias(estimate, target, noisy, sample_rate, hop)
        total = total + config.bias * bias
        parts["bias"] = bias.detach()
    if config.pauses:
        level = pause_level(estimate, target, noisy, config.pause_floor)
        total = total + config.pauses * level
        parts["pauses"] = level.detach()
    if config.pesq and spoken.any():
        disturbed = disturbance(signal[spoken], wanted_signal[spoken], sample_rate).sum() / count
        total = total + config.pesq * disturbed
        parts["pesq"] = disturbed.detach()
    return total, parts
