"""Sound block by block."""

import framewise
import numpy as np
import pytest
from conftest import speech_like


@pytest.mark.parametrize("latency", ["zero", "one"])
def test_at_the_models_rate_a_stream_is_the_recording_later(latency):
    noisy = speech_like(16000, 2)
    whole = framewise.denoise(noisy, 16000, latency=latency)
    stream = framewise.Stream(16000, 2, latency=latency)
    late = stream.delay.total
    fed = np.concatenate([noisy, np.zeros((2, late), np.float32)], axis=1)
    found, at, sizes = [], 0, [1, 160, 480, 7, 1056]
    while at < fed.shape[1]:
        size = sizes[len(found) % len(sizes)]
        block = fed[:, at : at + size]
        found.append(stream.process(block))
        assert found[-1].shape == block.shape and found[-1].dtype == np.float32
        at += size
    found = np.concatenate(found, axis=1)
    # What comes before is the start of the first window.
    found = found[:, late:]
    # A recording ends, and a stream goes on with zeros: that is heard as far back as the network sees ahead.
    end = noisy.shape[1] - stream.delay.look_ahead
    assert found.shape == whole.shape and np.array_equal(found[:, :end], whole[:, :end])


def test_a_delay_is_the_sum_of_its_causes_and_a_frame_is_a_hop():
    zero, one = (framewise.Stream(48000, latency=latency).delay for latency in ("zero", "one"))
    for delay in (zero, one):
        assert delay.total == delay.window + delay.look_ahead + delay.blocking + delay.resampling
    assert (zero.look_ahead, one.look_ahead) == (0, 480)
    assert framewise.Stream(16000).delay.resampling == 0 < zero.resampling


def test_the_delay_is_where_a_sound_comes_out():
    for rate in (16000, 44100):
        # At no strength the sound passes to the bit, as late as at any other.
        stream = framewise.Stream(rate, strength=0)
        noisy = speech_like(rate)[0]
        late = stream.delay.total
        found = stream.process(noisy)
        assert not found[:late].any() and np.array_equal(found[late:], noisy[: len(noisy) - late])


def test_a_stream_that_was_reset_is_new():
    noisy = speech_like(44100)[0]
    stream = framewise.Stream(44100, link=True, strength=20)
    first = stream.process(noisy)
    assert not np.array_equal(stream.process(noisy), first)
    stream.reset()
    assert np.array_equal(stream.process(noisy), first)


def test_integers_are_the_floats_rounded():
    noisy = np.round(speech_like(48000) * 32768).clip(-32768, 32767).astype(np.int16)
    floats = framewise.Stream(48000).process(noisy / np.float32(32768))
    found = framewise.Stream(48000).process(noisy)
    assert found.dtype == np.int16
    expected = np.clip(np.rint(floats.astype(np.float64) * 32768), -32768, 32767)
    assert np.array_equal(found, expected)


def test_the_strength_can_change_while_sound_runs():
    stream = framewise.Stream(16000)
    assert stream.strength is None
    stream.strength = 12
    assert stream.strength == pytest.approx(12)
    with pytest.raises(ValueError, match="strength of -3 dB"):
        stream.strength = -3
    stream.strength = None
    assert stream.strength is None


def test_what_is_wrong_is_an_exception():
    with pytest.raises(ValueError, match="0 channels: expected 1 to 256"):
        framewise.Stream(16000, 0)
    with pytest.raises(ValueError, match="sample rate 3 Hz"):
        framewise.Stream(3)
    stream = framewise.Stream(16000, 2)
    with pytest.raises(ValueError, match="a block of 1 channels: expected 2"):
        stream.process(np.zeros(160, np.float32))
    with pytest.raises(TypeError, match="float64"):
        stream.process(np.zeros((2, 160)))
    block = np.zeros((2, 160), np.float32)
    block[0, 3] = np.nan
    assert np.isfinite(stream.process(block)).all() and stream.scrubbed == 1
