"""Short-time Fourier transform with the framing of the streaming engine.

Frame t covers samples hop*t - (window - hop) .. hop*t + hop - 1 of the clip: what is known once hop t has arrived.
"""

import torch


def sqrt_hann(window: int) -> torch.Tensor:
    """Square root of the periodic Hann window, shape (window,). At 50 % overlap its squares sum to one."""
    return torch.hann_window(window, periodic=True, dtype=torch.float64).sqrt().float()


def frame_count(samples: int, window: int, hop: int) -> int:
    """Frames needed so that every sample of a clip is covered by all of its windows."""
    return 0 if samples == 0 else -(-(samples + window - hop) // hop)


def stft(signal: torch.Tensor, window: int = 320, hop: int = 160) -> torch.Tensor:
    """Unnormalised spectrum of (batch, samples): complex, shape (batch, frames, window // 2 + 1)."""
    samples = signal.shape[-1]
    frames = frame_count(samples, window, hop)
    front = window - hop
    behind = frames * hop - samples
    padded = torch.nn.functional.pad(signal, (front, behind))
    pieces = padded.unfold(-1, window, hop)
    return torch.fft.rfft(pieces * sqrt_hann(window).to(signal.device))


def istft(spectrum: torch.Tensor, samples: int, window: int = 320, hop: int = 160) -> torch.Tensor:
    """Windowed overlap-add of (batch, frames, bins), aligned with the clip: shape (batch, samples)."""
    pieces = torch.fft.irfft(spectrum, n=window) * sqrt_hann(window).to(spectrum.device)
    length = (pieces.shape[1] - 1) * hop + window
    added = torch.nn.functional.fold(
        pieces.transpose(1, 2), output_size=(1, length), kernel_size=(1, window), stride=(1, hop)
    )
    front = window - hop
    return added[:, 0, 0, front : front + samples]
