"""The part of pyrnnoise that calls RNNoise's library, on raw 16-bit mono at 48 kHz and without its first frame, for c.sh.

python3 c_pyrnnoise.py MODULE NOISY.raw CLEAN.raw
"""

import importlib.util
import sys

import numpy

path, noisy, clean = sys.argv[1:]
# Alone: the rest of the package is for files and pictures.
spec = importlib.util.spec_from_file_location("rnnoise", path)
rnnoise = importlib.util.module_from_spec(spec)
spec.loader.exec_module(rnnoise)
sound = numpy.fromfile(noisy, dtype=numpy.int16)
frames = sound[: len(sound) // rnnoise.FRAME_SIZE * rnnoise.FRAME_SIZE].reshape(-1, rnnoise.FRAME_SIZE)
state = rnnoise.create()
cleaned = [rnnoise.process_frame(state, frame) for frame in frames]
rnnoise.destroy(state)
assert all(0 <= probability <= 1 for _, probability in cleaned)
numpy.concatenate([frame for frame, _ in cleaned[1:]]).tofile(clean)
