"""How close sound is to clean sound.

Every metric takes the clean signal first, both signals aligned to the sample and of one length, as arrays of the shape
(samples,), and raises ValueError for what it is not defined for rather than return a number that would spoil an average.
"""

from ._framewise import estoi, log_spectral_distance, pesq, segmental_snr, si_sdr, stoi

__all__ = ["estoi", "log_spectral_distance", "pesq", "segmental_snr", "si_sdr", "stoi"]
