"""The training loss: compressed complex spectrum, compressed magnitude, SI-SDR."""

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


def loss(estimate, target, noisy, config: LossConfig, invert):
    """Scalar loss and its parts, for spectra (batch, frames, bins); `invert` turns spectra into signals.

    Each clip is first brought to one level, that of its target or of the noise far above it, so that quiet clips count
    as much as loud ones. Magnitude that is missing costs more than magnitude too much.
    """
    energy = torch.maximum(target.abs().square().mean((1, 2)), config.least * noisy.abs().square().mean((1, 2)))
    gain = (energy + 1e-9).rsqrt()[:, None, None]
    estimate, target = estimate * gain, target * gain
    magnitude, spectrum = compress(estimate, config.compression)
    wanted_magnitude, wanted_spectrum = compress(target, config.compression)
    difference = torch.view_as_real(spectrum - wanted_spectrum).square().sum(-1).mean()
    error = magnitude - wanted_magnitude
    magnitudes = (error.square() * (1 + config.under * (error < 0))).mean()
    ratio = si_sdr(invert(estimate), invert(target), config.si_sdr_limit)
    # A clip of noise alone has no ratio to better.
    speech = (target.abs().square().mean((1, 2)) > 0.5).float()
    ratio = (ratio * speech).sum() / speech.sum().clamp(min=1)
    total = config.spectrum * difference + config.magnitude * magnitudes - config.si_sdr * ratio
    return total, {"spectrum": difference.detach(), "magnitude": magnitudes.detach(), "si_sdr": ratio.detach()}
