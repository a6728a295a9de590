"""Arrays: what the program gives, to the bit."""

import sys
import threading

import framewise
import numpy as np
import pytest
from conftest import speech_like


def same(found, expected):
    assert found.dtype == expected.dtype and found.shape == expected.shape
    assert found.tobytes() == np.ascontiguousarray(expected).tobytes()


@pytest.mark.parametrize("latency", ["zero", "one"])
@pytest.mark.parametrize(("rate", "channels"), [(8000, 1), (16000, 1), (16000, 2), (44100, 2), (48000, 1), (96000, 3)])
@pytest.mark.parametrize("integer", [False, True])
def test_arrays_equal_the_program_to_the_bit(program, tmp_path, rate, channels, latency, integer):
    noisy = speech_like(rate, channels)
    if integer:
        noisy = np.round(noisy * 32768).clip(-32768, 32767).astype(np.int16)
    expected = program(tmp_path, rate, noisy, "--latency", latency)
    found = framewise.denoise(noisy, rate, latency=latency)
    same(found, expected)
    # The sound was changed, and so was the latency heard.
    assert not np.array_equal(found, noisy)
    other = framewise.denoise(noisy, rate, latency="one" if latency == "zero" else "zero")
    assert not np.array_equal(found, other)


def test_settings_equal_the_program_to_the_bit(program, tmp_path):
    noisy = speech_like(44100, 2)
    plain = framewise.denoise(noisy, 44100)
    for options, named in [
        (["--strength", 12], {"strength": 12}),
        (["--link"], {"link": True}),
        (["--strength", 6.5, "--link", "--latency", "one"], {"strength": 6.5, "link": True, "latency": 1}),
    ]:
        found = framewise.denoise(noisy, 44100, **named)
        same(found, program(tmp_path, 44100, noisy, *options))
        assert not np.array_equal(found, plain)


def test_loud_and_broken_samples_equal_the_program_to_the_bit(program, tmp_path):
    noisy = 40 * speech_like(16000)
    noisy[0, [0, 5000, 9000]] = [np.nan, np.inf, 3e38]
    found = framewise.denoise(noisy, 16000)
    assert np.isfinite(found).all()
    same(found, program(tmp_path, 16000, noisy))


def test_one_axis_is_one_channel_and_any_order_in_memory_will_do():
    noisy = speech_like(48000, 2)
    clean = framewise.denoise(noisy, 48000)
    assert clean.shape == noisy.shape and clean is not noisy
    for c in range(2):
        same(framewise.denoise(noisy[c], 48000), clean[c])
    same(framewise.denoise(np.asfortranarray(noisy), 48000), clean)
    woven = np.ascontiguousarray(noisy.T)
    same(framewise.denoise(woven.T, 48000), clean)
    same(framewise.denoise(np.repeat(noisy, 2, axis=1)[:, ::2], 48000), clean)


def test_no_strength_gives_the_input_back_and_lengths_stay():
    for rate in (11025, 16000, 44100):
        noisy = speech_like(rate, 2)
        same(framewise.denoise(noisy, rate, strength=0), noisy)
    for samples in (0, 1, 159, 161):
        assert framewise.denoise(np.zeros(samples, np.float32), 48000).shape == (samples,)
        assert framewise.denoise(np.zeros((2, samples), np.int16), 16000).shape == (2, samples)


def test_threads_run_beside_each_other_and_give_the_same():
    noisy = [speech_like(16000, seed=seed, seconds=2)[0] for seed in range(4)]
    expected = [framewise.denoise(one, 16000) for one in noisy]
    found = [None] * 4

    def work(n):
        found[n] = framewise.denoise(noisy[n], 16000)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one, other in zip(found, expected):
        same(one, other)


def test_the_lock_is_released_while_it_computes():
    # At this interval no thread is asked for the lock: this one sees the start before the end only if it was given away.
    noisy = speech_like(16000, seconds=30)[0]
    started, done = threading.Event(), threading.Event()

    def work():
        started.set()
        framewise.denoise(noisy, 16000)
        done.set()

    worker = threading.Thread(target=work)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e6)
    try:
        worker.start()
        started.wait()
        early = not done.is_set()
        worker.join()
    finally:
        sys.setswitchinterval(interval)
    assert early


@pytest.mark.parametrize(
    ("samples", "rate", "named", "kind", "words"),
    [
        (np.zeros(9), 16000, {}, TypeError, "samples is an array of float64: expected a NumPy array of float32 or int16"),
        ([0.0], 16000, {}, TypeError, "samples is of the type list"),
        (np.zeros((2, 3, 4), np.float32), 16000, {}, ValueError, "3 dimensions: expected"),
        (np.zeros((0, 4), np.float32), 16000, {}, ValueError, "0 channels: expected 1 to 256"),
        (np.zeros((9000, 2), np.int16), 16000, {}, ValueError, "9000 channels: expected 1 to 256, in an array of (channels"),
        (np.zeros(9, np.float32), 5, {}, ValueError, "sample rate 5 Hz: expected 4000 to 384000 Hz"),
        (np.zeros(9, np.float32), 16000, {"strength": -1}, ValueError, "strength of -1 dB"),
        (np.zeros(9, np.float32), 16000, {"strength": float("nan")}, ValueError, "strength of NaN dB"),
        (np.zeros(9, np.float32), 16000, {"latency": "two"}, ValueError, "`two` is not a latency"),
        (np.zeros(9, np.float32), 16000, {"latency": 1.5}, TypeError, "a latency of the type float"),
        (np.zeros(9, np.float32), 16000, {"latency": 2}, ValueError, "has no latency of 2: there are zero and one"),
        (np.zeros(9, np.float32), 16000, {"model": "nowhere"}, FileNotFoundError, "nowhere: cannot be read"),
        (np.zeros(9, np.float32), 16000, {"model": 3}, TypeError, "a model of the type int"),
    ],
)
def test_what_is_wrong_is_an_exception_with_the_librarys_words(samples, rate, named, kind, words):
    with pytest.raises(kind) as raised:
        framewise.denoise(samples, rate, **named)
    assert words in str(raised.value)
