"""Tests of what makes voices, bands and levels for training, and of the split that judges a model. No corpus needed."""

import json

import numpy as np
import pytest
import soundfile
import torch
from scipy.signal import chirp, lfilter

import augment
import judge
import validation
import voices
from config import Config, DataConfig
from data import Mixer, Pool
from loss import gain_bias, octaves, pause_level
from prepare import prepare
from stft import stft
from test_recipe import caches  # noqa: F401  (a fixture)

RATE = 16000


def buzz(pitch: float, seconds: float = 2.0):
    """A voiced sound: pulses through two resonances."""
    t = np.arange(int(seconds * RATE))
    pulses = (np.diff(np.floor(t * pitch / RATE), prepend=0) > 0).astype(float)
    for centre in (700, 1800):
        r = 0.97
        pulses = lfilter([1], [1, -2 * r * np.cos(2 * np.pi * centre / RATE), r * r], pulses)
    return (0.3 * pulses / np.abs(pulses).max()).astype(np.float32)


def strongest(signal, low=60, high=340):
    """Hz of the pitch, by the autocorrelation's first great peak, and how great it is."""
    x = signal - signal.mean()
    spectrum = np.fft.rfft(x, 2 * len(x))
    correlation = np.fft.irfft(np.abs(spectrum) ** 2)
    lags = np.arange(RATE // high, RATE // low)
    first = lags[np.argmax(correlation[lags] > 0.9 * correlation[lags].max())]
    peak = lags[(lags >= first) & (lags < first + 6)]
    return RATE / peak[np.argmax(correlation[peak])], correlation[lags].max() / correlation[0]


def in_band(signal, low, high):
    """Level of a band in dB."""
    power = np.abs(np.fft.rfft(signal)) ** 2
    frequency = np.fft.rfftfreq(len(signal), 1 / RATE)
    return 10 * np.log10(power[(frequency >= low) & (frequency < high)].sum() + 1e-20)


def test_no_speaker_is_in_both_parts_and_noisy_utterances_in_neither(tmp_path):
    rng = np.random.default_rng(1)

    def recordings():
        for speaker in range(40):
            for number in range(2):
                noisy = speaker % 4 == 0 and number == 1
                signal = buzz(150) * (np.arange(2 * RATE) % RATE < RATE // 2)
                signal += (0.05 if noisy else 1e-4) * rng.standard_normal(len(signal)).astype(np.float32)
                path = tmp_path / "source" / f"{speaker}-{number}.wav"
                path.parent.mkdir(exist_ok=True)
                soundfile.write(path, signal, RATE)
                yield f"speaker{speaker}", path

    seconds = voices.gather(tmp_path / "out", recordings(), 35.0, 10.0)
    assert seconds == {f"speaker{s}": 2.0 if s % 4 == 0 else 4.0 for s in range(40)}
    parts = {p: {f.parent.name for f in (tmp_path / "out" / p).rglob("*.flac")} for p in ("speech", "speech-valid")}
    assert parts["speech"] | parts["speech-valid"] == set(seconds)
    assert not parts["speech"] & parts["speech-valid"] and len(parts["speech-valid"]) > 1


def test_whispering_keeps_the_resonances_and_loses_the_pitch():
    voice = buzz(150)
    pitch, periodic = strongest(voice)
    assert pitch == pytest.approx(150, abs=2) and periodic > 0.7
    whisper = voices.whispered(np.random.default_rng(1), voice)
    assert strongest(whisper)[1] < 0.3
    assert in_band(whisper, 600, 800) > in_band(whisper, 1100, 1300) + 6


def test_a_voice_is_raised_by_the_factor_that_is_asked_for():
    voice = buzz(150, 6.0)
    for factor in (0.75, 1.5, 2.0):
        raised = augment.change_voice(np.random.default_rng(1), lambda n: voice[:n], RATE, factor, factor)
        assert len(raised) == RATE
        assert strongest(raised)[0] == pytest.approx(150 * factor, rel=0.02)


def test_band_limits_take_both_ends_and_treat_both_signals_alike():
    white = np.random.default_rng(0).standard_normal(4 * RATE).astype(np.float32)
    low = high = 0
    for seed in range(60):
        once, again = augment.steep_band_limit(np.random.default_rng(seed), (white, white), RATE)
        assert np.array_equal(once, again) and np.all(np.isfinite(once))
        low += in_band(once, 20, 80) < in_band(white, 20, 80) - 30
        high += in_band(once, 7800, 8000) < in_band(white, 7800, 8000) - 30
        assert in_band(once, 900, 2000) == pytest.approx(in_band(white, 900, 2000), abs=3)
    assert low > 15 and high > 15


def test_companding_is_within_its_steps():
    t = np.arange(RATE) / RATE
    for peak in (1.0, 0.1, 0.01):
        tone = (peak * np.sin(2 * np.pi * 440 * t)).astype(np.float32)
        error = augment.companded(tone) - tone
        assert 25 < 10 * np.log10(np.mean(tone**2) / np.mean(error**2)) < 45


def test_a_telephone_keeps_its_band_alone():
    white = np.random.default_rng(0).standard_normal(RATE).astype(np.float32) * 0.1
    noisy, clean = augment.telephone(np.random.default_rng(3), white, white, RATE)
    assert len(noisy) == len(clean) == RATE
    assert in_band(clean, 4200, 8000) < in_band(white, 4200, 8000) - 30
    assert in_band(clean, 500, 2500) == pytest.approx(in_band(white, 500, 2500), abs=1)


def test_a_quiet_talker_follows_a_loud_one(caches):  # noqa: F811
    config = DataConfig(quiet_after_loud=1.0, quieter=(30.0, 30.0), speed=0.0, clean_snr=(75.0, 75.0), room=0.0)
    mixer = Mixer(Pool(caches[0]), Pool(caches[1]), config, seed=5)
    contrasts = []
    for i in range(12):
        signal = mixer.make_contrast(np.random.default_rng(i))
        levels = 10 * np.log10(np.mean(signal.reshape(30, -1) ** 2, 1) + 1e-12)
        # The turn is taken between 0.45 and 1.8 s.
        contrasts.append(abs(levels[:4].max() - levels[19:].max()))
    assert np.allclose(contrasts, 30, atol=3)


def spectra(*signals):
    return [stft(torch.from_numpy(s)[None].float(), 512, 160, 320) for s in signals]


def test_gain_bias_is_the_gain_s_distance_from_one_whatever_the_level():
    loud = np.arange(6 * RATE) < RATE
    speech = np.random.default_rng(1).standard_normal(6 * RATE) * np.where(loud, 1.0, 0.03)
    target, quiet_wrong, all_wrong = spectra(speech, speech * np.where(loud, 1.0, 0.5), 0.5 * speech)
    assert gain_bias(target, target, target, RATE, 160) < 1e-6
    assert gain_bias(all_wrong, target, target, RATE, 160) == pytest.approx(0.5, abs=0.01)
    # Of twelve half seconds two are loud, and the loud sound's end rules a third.
    assert gain_bias(quiet_wrong, target, target, RATE, 160) == pytest.approx(0.5 * 9 / 12, abs=0.02)


def test_gain_bias_asks_nothing_where_noise_dominates():
    rng = np.random.default_rng(1)
    speech, noise = 0.1 * rng.standard_normal(2 * RATE), rng.standard_normal(2 * RATE)
    target, noisy, silent = spectra(speech, speech + noise, 0 * speech)
    assert gain_bias(silent, target, noisy, RATE, 160) < 0.05


def test_octaves_hold_each_bin_once():
    table = octaves(257, RATE)
    assert torch.equal(table.sum(1), torch.ones(257))
    assert [int(table[k].argmax()) for k in (0, 7, 8, 15, 16, 255, 256)] == [0, 0, 1, 1, 2, 5, 5]


def test_pause_level_is_in_tens_of_decibels_down_to_the_floor():
    rng = np.random.default_rng(1)
    noise = rng.standard_normal(2 * RATE)
    target, noisy, lower, gone = spectra(0 * noise, noise, 0.1 * noise, 0 * noise)
    assert pause_level(lower, target, noisy, 60.0) == pytest.approx(-2.0, abs=0.01)
    assert pause_level(gone, target, noisy, 26.0) == pytest.approx(-2.6, abs=0.01)
    assert pause_level(lower, noisy, noisy, 26.0) == 0


def test_the_split_follows_from_its_seed_and_judge_finds_what_was_done(tmp_path, monkeypatch):
    rng = np.random.default_rng(2)
    for i in range(3):
        for folder, signal in (
            (f"speech/so-000{i}-f0{i + 6}", buzz(200 + 50 * i, 8) * (np.arange(8 * RATE) % RATE < 12000)),
            (f"speech/so-100{i}-m3{i}", buzz(100 + 10 * i, 8) * (np.arange(8 * RATE) % RATE < 12000)),
            (f"noise/{i}", 0.1 * rng.standard_normal(8 * RATE)),
        ):
            (tmp_path / folder).mkdir(parents=True, exist_ok=True)
            soundfile.write(tmp_path / folder / "0.flac", signal, RATE)
    maker = validation.Maker(tmp_path / "one", validation.speakers([tmp_path / "speech"]), list((tmp_path / "noise").rglob("*.flac")), 1)
    assert maker.children == [f"so-000{i}-f0{i + 6}" for i in range(3)]
    again = validation.Maker(tmp_path / "two", maker.voices, maker.noises, 1)
    for m in (maker, again):
        m.pair("low", "so-0000-f06", 1, -5.0)
        m.pair("telephone", "so-1000-m30", 2, 10.0, validation.telephone)
    for kind in ("low", "telephone"):
        one, two = (soundfile.read(next((tmp_path / n / "pairs" / kind / "noisy").iterdir()))[0] for n in ("one", "two"))
        assert np.array_equal(one, two)
    noisy, clean = (
        soundfile.read(next((tmp_path / "one/pairs/low" / side).iterdir()))[0] for side in ("noisy", "clean")
    )
    ratio = augment.active_power(clean) / augment.power(noisy - clean)
    assert 10 * np.log10(ratio) == pytest.approx(-5, abs=0.1)

    tone = chirp(np.arange(2 * RATE) / RATE, 100, 2, 7900).astype(np.float32)
    assert judge.decibels_of(0.5 * tone, tone) == pytest.approx(-6.02, abs=0.01)
    speech = np.concatenate((tone[:16000], 1e-4 * tone[:16000]))
    pauses = judge.pauses_of(speech)
    assert len(pauses) == len(speech) and not pauses[: 16000 + 1600].any() and pauses[16000 + 1920 :].all()
    changes = judge.octave_changes(lfilter([0.5, 0.5], [1], tone), tone)
    gains = [20 * np.log10(abs(np.cos(np.pi * f / RATE))) for f in (177, 354, 707, 1414, 2828)]
    assert np.allclose(changes[:5], gains, atol=0.35) and changes[5] < -5


def test_a_run_remembers_its_recordings(caches, tmp_path):  # noqa: F811
    from train import Trainer

    config = Config.from_dict({"data": {"clip_seconds": 0.5, "min_snr": 0.0}, "train": {"batch": 1, "steps": 2}})
    trainer = Trainer(config, Pool(caches[0]), Pool(caches[1]))
    trainer.save(tmp_path / "checkpoint.pt")
    trainer.load(tmp_path / "checkpoint.pt")
    soundfile.write(tmp_path / "other.wav", buzz(130), RATE)
    (tmp_path / "others").mkdir()
    soundfile.write(tmp_path / "others" / "one.wav", buzz(130), RATE)
    prepare(tmp_path / "cache", [tmp_path / "others"])
    with pytest.raises(ValueError, match="other recordings of noise"):
        Trainer(config, Pool(caches[0]), Pool(tmp_path / "cache")).load(tmp_path / "checkpoint.pt")
    record = Pool(tmp_path / "cache").record
    assert list(record) == ["one.wav"] and len(record["one.wav"]) == 64


def test_a_run_begins_with_the_same_network_only(caches, tmp_path):  # noqa: F811
    from train import Trainer

    small = {"data": {"clip_seconds": 0.5, "min_snr": 0.0}, "train": {"batch": 1, "steps": 2}}
    trainer = Trainer(Config.from_dict(small), Pool(caches[0]), Pool(caches[1]))
    trainer.save(tmp_path / "checkpoint.pt")
    moved = {**small, "model": {"look_ahead": {"decoder.3": 1}}}
    Trainer(Config.from_dict(moved), Pool(caches[0]), Pool(caches[1])).start_from(tmp_path / "checkpoint.pt")
    other = {**small, "model": {"compression": 0.5}}
    with pytest.raises(ValueError, match="compression"):
        Trainer(Config.from_dict(other), Pool(caches[0]), Pool(caches[1])).start_from(tmp_path / "checkpoint.pt")


def test_a_pattern_leaves_recordings_out(tmp_path):
    for name in ("rain.wav", "Babycry.wav"):
        soundfile.write(tmp_path / name, buzz(200), RATE)
    index = prepare(tmp_path / "new" / "cache", [tmp_path], without="baby")
    assert [f["path"] for f in index] == ["rain.wav"]
    assert json.loads((tmp_path / "new" / "cache.json").read_text())["files"] == index


def test_differences_are_over_speakers_not_files():
    rows = {"a_1": 1.0, "a_2": 3.0, "b_1": 0.0, "c_1": 5.0}
    one, other = ({"pairs": {"low": {k: {"pesq": v * f} for k, v in rows.items()}}} for f in (1.0, 0.0))
    mean, p, gain, count = judge.differences(one, other)["pesq"]
    assert mean == pytest.approx((2 + 0 + 5) / 3) and (gain, count) == (2, 3) and 0 < p <= 1
