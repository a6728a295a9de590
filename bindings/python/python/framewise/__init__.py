"""Real-time speech denoising with a latency of zero or one frame.

Sound is a NumPy array of float32 with full scale at 1, or of int16; of the shape (samples,) or (channels, samples). Rates are
in Hz, delays in samples, strengths in dB.
"""

from . import metrics
from ._framewise import Cleaned, Cost, Delay, Model, Stream, __version__, denoise, denoise_file

__all__ = [
    "Cleaned",
    "Cost",
    "Delay",
    "Model",
    "Stream",
    "__version__",
    "denoise",
    "denoise_file",
    "metrics",
]
