"""Files, models and metrics."""

import framewise
import numpy as np
import pytest
from conftest import ROOT, read_wav, speech_like, write_wav
from framewise import metrics

MODEL = ROOT / "models" / "dual-path-one-frame.safetensors"


@pytest.mark.parametrize("kind", [np.float32, np.int16])
def test_a_file_is_what_the_program_writes(program, tmp_path, kind):
    noisy = speech_like(44100, 2)
    if kind is np.int16:
        noisy = np.round(noisy * 32768).clip(-32768, 32767).astype(kind)
    program(tmp_path, 44100, noisy, "--latency", "one", "--link")
    report = framewise.denoise_file(tmp_path / "noisy.wav", tmp_path / "here.wav", latency="one", link=True)
    assert (tmp_path / "here.wav").read_bytes() == (tmp_path / "clean.wav").read_bytes()
    assert report.frames == noisy.shape[1] and report.scrubbed == report.lost == report.clipped == 0
    assert report.peak == pytest.approx(np.abs(noisy.astype(float)).max() / (32768 if kind is np.int16 else 1))


def test_files_that_cannot_be_had_are_errors_and_leave_nothing(tmp_path):
    noisy, clean = tmp_path / "noisy.wav", tmp_path / "clean.wav"
    with pytest.raises(FileNotFoundError, match="noisy.wav"):
        framewise.denoise_file(noisy, clean)
    noisy.write_bytes(b"no sound at all")
    with pytest.raises(ValueError, match="noisy.wav"):
        framewise.denoise_file(noisy, clean)
    assert not clean.exists()
    write_wav(noisy, 16000, speech_like(16000))
    clean.write_bytes(b"mine")
    with pytest.raises(FileExistsError, match="clean.wav"):
        framewise.denoise_file(noisy, clean)
    assert clean.read_bytes() == b"mine"
    framewise.denoise_file(noisy, clean, overwrite=True)
    assert read_wav(clean)[0].shape == speech_like(16000).shape
    assert sorted(path.name for path in tmp_path.iterdir()) == ["clean.wav", "noisy.wav"]


def test_models_say_what_they_are():
    zero, one = framewise.Model.builtin("zero"), framewise.Model.builtin(1)
    assert (zero.latency, one.latency) == (0, 1)
    assert framewise.Model.builtin().name == zero.name
    for model in (zero, one):
        header = model.header
        assert (header["name"], header["sample_rate"]) == (model.name, model.rate)
        assert header["latency"]["frames"] == model.latency
        delay, hop = model.delay, header["hop"]
        synthesis = header.get("synthesis_window", header["window"])
        assert (delay.window, delay.look_ahead) == (synthesis - hop, model.latency * hop)
        assert model.name in framewise.Model.builtin_names()
        assert framewise.Model.builtin(name=model.name).header == header
        cost = model.cost
        assert cost.multiply_adds_per_second == cost.multiply_adds * model.rate / hop
        assert min(cost.parameters, cost.state) > 0


def test_a_model_is_named_by_object_file_or_name():
    noisy = speech_like(16000)[0]
    expected = framewise.denoise(noisy, 16000, latency="one")
    opened = framewise.Model.open(MODEL)
    for model in (opened, MODEL, str(MODEL), "dual-path-one-frame", framewise.Model.builtin("one")):
        assert np.array_equal(framewise.denoise(noisy, 16000, model=model), expected)
    assert framewise.Stream(16000, model=opened).delay == framewise.Stream(16000, latency="one").delay
    with pytest.raises(ValueError, match="latency"):
        framewise.denoise(noisy, 16000, latency="zero", model=opened)


def test_broken_models_are_errors(tmp_path):
    broken = tmp_path / "broken.safetensors"
    with pytest.raises(FileNotFoundError, match="broken.safetensors"):
        framewise.Model.open(broken)
    with pytest.raises(FileNotFoundError, match="broken.safetensors"):
        framewise.Model.import_gtcrn(broken)
    broken.write_bytes(MODEL.read_bytes()[:1000])
    for read in (framewise.Model.open, framewise.Model.import_gtcrn):
        with pytest.raises(ValueError, match="broken.safetensors"):
            read(broken)
    with pytest.raises(ValueError, match="missing"):
        framewise.Model.import_gtcrn(MODEL)
    with pytest.raises(ValueError, match="no built-in model `gtcrn`"):
        framewise.Model.builtin(name="gtcrn")


def test_metrics_follow_their_definitions():
    draw = np.random.default_rng(1)
    clean = speech_like(16000, seconds=3)[0]
    estimate = (clean + 0.05 * draw.standard_normal(len(clean))).astype(np.float32)
    s, e = (x.astype(np.float64) - x.astype(np.float64).mean() for x in (clean, estimate))
    target = (e @ s) / (s @ s) * s
    expected = 10 * np.log10((target @ target) / ((target - e) @ (target - e)))
    assert metrics.si_sdr(clean, estimate) == pytest.approx(expected, abs=1e-9)
    worse = (clean + 0.5 * draw.standard_normal(len(clean))).astype(np.float32)
    for metric in (metrics.stoi, metrics.estoi, metrics.pesq, metrics.segmental_snr):
        assert metric(clean, estimate, 16000) > metric(clean, worse, 16000)
    assert metrics.stoi(clean, clean, 16000) == pytest.approx(1)
    assert metrics.log_spectral_distance(clean, clean, 16000) == 0 < metrics.log_spectral_distance(clean, worse, 16000)
    # Integers count as parts of full scale.
    integers = [np.round(x * 32768).clip(-32768, 32767).astype(np.int16) for x in (clean, estimate)]
    scaled = [x / np.float32(32768) for x in integers]
    assert metrics.pesq(*integers, 16000) == metrics.pesq(*scaled, 16000)


def test_metrics_refuse_what_they_are_not_defined_for():
    clean = speech_like(16000)[0]
    for metric, arguments, words in [
        (metrics.si_sdr, (clean, clean[1:]), "the clean signal has 20800 samples, the other one 20799"),
        (metrics.si_sdr, (clean, clean), "the two signals are the same"),
        (metrics.pesq, (clean, clean, 48000), "PESQ is not defined at 48000 Hz"),
        (metrics.stoi, (np.zeros_like(clean), clean, 16000), "the clean signal is silent"),
        (metrics.segmental_snr, (clean[:10], clean[:10], 16000), "segmental SNR needs"),
        (metrics.log_spectral_distance, (np.stack([clean, clean]), clean, 16000), "the clean signal has 2 channels: expected 1"),
    ]:
        with pytest.raises(ValueError) as raised:
            metric(*arguments)
        assert words in str(raised.value)
