"""Short-time Fourier transform with the framing of the streaming engine.

Frame t covers samples hop*t - (window - hop) .. hop*t + hop - 1 of the clip: what is known once hop t has arrived.
"""

import torch


def sqrt_hann(window: int) -> torch.Tensor:
    """Square root of the periodic Hann window, shape (window,). At 50 % overlap its squares sum to one."""
    return torch.hann_window(window, periodic=True, dtype=torch.float64).sqrt()


def windows(window: int, hop: int, synthesis: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Analysis window of `window` samples and synthesis window of `synthesis`, whose product is Hann's window, scaled so
    that it sums to one over the hops.

    Where both are equally long, both are its root. A longer analysis window rises slowly and falls as fast as the short
    one (Mauler and Martin, "A Low Delay, Variable Resolution, Perfect Reconstruction Spectral Analysis-Synthesis System
    for Speech Enhancement", EUSIPCO 2007).
    """
    if synthesis % 2:
        raise ValueError(f"synthesis window of {synthesis} samples: expected an even number, half of which fall")
    fall = synthesis // 2
    rise = window - fall
    analysis = torch.cat((sqrt_hann(2 * rise)[:rise], sqrt_hann(synthesis)[-fall:]))
    product = torch.hann_window(synthesis, periodic=True, dtype=torch.float64) * (2 * hop / synthesis)
    return analysis.float(), (product / analysis[-synthesis:].clamp(min=1e-12)).float()


def frame_count(samples: int, synthesis: int, hop: int) -> int:
    """Frames needed so that every sample of a clip is covered by all of its synthesis windows."""
    return 0 if samples == 0 else -(-(samples + synthesis - hop) // hop)


def stft(signal: torch.Tensor, window: int = 320, hop: int = 160, synthesis: int | None = None) -> torch.Tensor:
    """Unnormalised spectrum of (batch, samples): complex, shape (batch, frames, window // 2 + 1)."""
    synthesis = synthesis or window
    samples = signal.shape[-1]
    frames = frame_count(samples, synthesis, hop)
    padded = torch.nn.functional.pad(signal, (window - hop, frames * hop - samples))
    return torch.fft.rfft(padded.unfold(-1, window, hop) * windows(window, hop, synthesis)[0].to(signal.device))


def istft(
    spectrum: torch.Tensor, samples: int, window: int = 320, hop: int = 160, synthesis: int | None = None
) -> torch.Tensor:
    """Windowed overlap-add of (batch, frames, bins), aligned with the clip: shape (batch, samples)."""
    synthesis = synthesis or window
    pieces = torch.fft.irfft(spectrum, n=window)[..., -synthesis:] * windows(window, hop, synthesis)[1].to(spectrum.device)
    length = (pieces.shape[1] - 1) * hop + synthesis
    added = torch.nn.functional.fold(
        pieces.transpose(1, 2), output_size=(1, length), kernel_size=(1, synthesis), stride=(1, hop)
    )
    front = synthesis - hop
    return added[:, 0, 0, front : front + samples]
