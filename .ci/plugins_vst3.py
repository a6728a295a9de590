"""A host of VST 3 for plugins.sh, by pedalboard, which is built on JUCE: it compensates the latency that it is told.

python3 plugins_vst3.py PLUGIN INPUT.wav OUTPUT.wav [PARAMETER=VALUE...], values from 0 to 1: the latency is printed.
"""

import sys

import numpy
import pedalboard

import plugins

plugin, source, target, *settings = sys.argv[1:]
planes, rate = plugins.read(source)
sound = numpy.array(planes, dtype=numpy.float32)
host = pedalboard.load_plugin(plugin)
assert set(host.parameters) == {"strength_db", "bypass", "look_ahead_frames", "post_filter"}, set(host.parameters)
for setting in settings:
    name, value = setting.split("=")
    host.parameters[name].raw_value = float(value)
# A state survives, and is what another instance is set to.
state, other = host.raw_state, pedalboard.load_plugin(plugin)
other.raw_state = state
assert [p.raw_value for p in other.parameters.values()] == [p.raw_value for p in host.parameters.values()]
# In blocks of two sizes, the last one shorter: the same.
results = [host.process(sound, rate, buffer_size=size) for size in (333, 4096)]
assert results[0].shape == sound.shape and numpy.array_equal(*results)
plugins.write(target, rate, results[0].tolist(), 32)
print(host.reported_latency_samples)
