"""Tests of the recipe. They need no corpus: audio is synthesised here."""

import io
import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

import augment
import games
from blend import blend
from config import Config, DataConfig, LossConfig, ModelConfig, TrainConfig
from data import Mixer, Pool
from evaluate import delay_of, shift
from evaluate import si_sdr as si_sdr_of_file
from export import export, fold_model, read_export
from gru import FastGru, extension
from loss import disturbance, envelope_correlation, loss, si_sdr
from model import Crn, CrnStream, Decoder
from prepare import prepare
from stft import frame_count, istft, stft
from train import Trainer, rate_factor

CUTS = [{}, {"decoder.3": 1}, {"decoder.0": 1}, {"encoder.1": 1, "encoder.3": 1, "decoder.2": 1}]


def randomised(config, seed=0):
    """A model in evaluation mode with no value left at its trivial start."""
    torch.manual_seed(seed)
    model = Crn(config).eval()
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            if "running_var" in name or name.endswith("norm.weight"):
                tensor.uniform_(0.5, 1.5)
            elif "running_mean" in name or name.endswith("bias"):
                tensor.normal_(0, 0.3)
    return model


def noise(samples, seed=0):
    return 0.1 * torch.randn(1, samples, generator=torch.Generator().manual_seed(seed))


@pytest.fixture(scope="session")
def caches(tmp_path_factory):
    folder = tmp_path_factory.mktemp("audio")
    rng = np.random.default_rng(0)
    for kind in ("speech", "noise"):
        (folder / kind).mkdir()
        for i in range(3):
            t = np.arange(16000 * 4) / 16000
            if kind == "speech":
                signal = 0.2 * np.sin(2 * np.pi * (120 + 40 * i) * t) * (np.sin(2 * np.pi * 3 * t) > 0)
                signal += 1e-4 * rng.standard_normal(len(t))
            else:
                signal = 0.05 * rng.standard_normal(len(t))
            soundfile.write(folder / kind / f"{i}.wav", signal, 16000)
        prepare(folder / f"{kind}-cache", [folder / kind])
    return folder / "speech-cache", folder / "noise-cache"


def test_short_recordings_of_one_folder_are_joined_and_nothing_is_lost(tmp_path):
    lengths = {"a/1": 9600, "a/2": 9600, "a/3": 32000, "a/4": 4800, "b/5": 8000, "a/deep/6": 11200}
    for i, (name, samples) in enumerate(lengths.items()):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(tmp_path / f"{name}.wav", np.full(samples, 0.1 * (i + 1)), 16000)
    index = prepare(tmp_path / "cache", [tmp_path], join=1.0)
    assert [(f["path"], f["samples"]) for f in index] == [
        ("a/2.wav", 19200),
        ("a/3.wav", 32000),
        ("a", 4800),
        ("a/deep", 11200),
        ("b", 8000),
    ]
    pcm = np.fromfile(tmp_path / "cache.pcm", "<i2")
    assert len(pcm) == sum(lengths.values())
    assert [round(float(v) / 3276.8) for v in pcm[[0, 9599, 9600, 19199, 19200, 51200, 56000, -1]]] == [
        1, 1, 2, 2, 3, 4, 6, 5,
    ]  # fmt: skip


def test_games_give_effects_and_a_little_music_but_no_speech(tmp_path, monkeypatch):
    def wav(seconds):
        file = io.BytesIO()
        soundfile.write(file, np.full(int(seconds * 8000), 0.25), 8000, format="WAV")
        return file.getvalue()

    held = {
        "usr/sounds/step.wav": wav(0.5),
        "usr/sounds/voices/hello.wav": wav(1),
        "usr/ambient/rain.wav": wav(70),
        "usr/music/jingle.wav": wav(5),
        "usr/sounds/broken.ogg": b"not a sound",
        **{f"usr/music/{i}.wav": wav(65) for i in range(4)},
    }
    monkeypatch.setattr(games, "sounds", lambda package: held.items())
    assert games.gather(tmp_path, "quest-data_1.0_all.deb") == (2, 3)
    found = sorted(str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*.wav"))
    assert found == [
        "effects/quest-data/usr/ambient/rain.wav",
        "effects/quest-data/usr/sounds/step.wav",
        *(f"music/quest-data-{i}.wav" for i in (1, 2, 3)),
    ]
    assert soundfile.info(tmp_path / "music/quest-data-1.wav").duration == games.LENGTH


@pytest.mark.parametrize("samples", [1, 159, 160, 161, 320, 1000, 16000])
def test_stft_reconstructs_every_length(samples):
    x = noise(samples)
    spectrum = stft(x)
    assert spectrum.shape == (1, frame_count(samples, 320, 160), 161)
    assert (istft(spectrum, samples) - x).abs().max() < 1e-6


def test_frame_covers_the_samples_of_its_hop_and_the_one_before():
    x = torch.zeros(1, 1600)
    x[0, 481] = 1.0
    energy = stft(x)[0].abs().sum(-1)
    # In the newer half of frame 3 and the older half of frame 4; the very first sample of a window has weight zero.
    assert [t for t in range(len(energy)) if energy[t] > 1e-6] == [3, 4]


@pytest.mark.parametrize("look_ahead", CUTS)
@pytest.mark.parametrize("frames", [1, 2, 3, 12])
def test_streaming_equals_whole_clip(look_ahead, frames):
    model = randomised(ModelConfig(look_ahead=look_ahead))
    spectrum = stft(noise(160 * (frames - 1) + 1))[0][:frames]
    with torch.no_grad():
        whole = model(spectrum[None])[0]
    assert (CrnStream(model).run(spectrum) - whole).abs().max() < 1e-5


@pytest.mark.parametrize("seed", range(6))
def test_streaming_equals_whole_clip_for_other_sizes(seed):
    rng = np.random.default_rng(seed)
    kernel, dilation = int(rng.integers(1, 4)), tuple(int(d) for d in rng.integers(1, 4, 3))
    look_ahead = {
        f"{side}.{i}": int(rng.integers(0, (kernel - 1) * dilation[i if side == "encoder" else 2 - i] + 1))
        for side in ("encoder", "decoder")
        for i in range(3)
    }
    config = ModelConfig(
        encoder_channels=tuple(int(c) for c in rng.integers(2, 9, 3)),
        kernel=(kernel, 3),
        dilation=dilation,
        recurrent=int(rng.integers(4, 20)),
        look_ahead=look_ahead,
        compression=0.5,
    )
    model = randomised(config, seed)
    spectrum = stft(noise(2000, seed))[0]
    with torch.no_grad():
        whole = model(spectrum[None])[0]
    assert model.latency == sum(look_ahead.values())
    assert (CrnStream(model).run(spectrum) - whole).abs().max() < 1e-5


@pytest.mark.parametrize("look_ahead", CUTS)
def test_a_frame_is_seen_by_no_output_before_its_latency_allows(look_ahead):
    model = randomised(ModelConfig(look_ahead=look_ahead))
    spectrum = stft(noise(160 * 20))[0]
    spectrum[9] = float("nan")
    with torch.no_grad():
        bad = torch.isnan(model(spectrum[None])[0].real).any(-1)
    first = 9 - model.latency
    assert not bad[:first].any() and bad[first]


DUAL_PATH = {
    "window": 96,
    "synthesis_window": 64,
    "hop": 32,
    "bands": (9, 12),
    "encoder_channels": (4, 8),
    "dilation": (1, 2),
    "dual_paths": 2,
}


@pytest.mark.parametrize("look_ahead", [{}, {"decoder.1": 1}, {"encoder.1": 1, "decoder.0": 2}])
@pytest.mark.parametrize("frames", [1, 2, 12])
def test_streaming_equals_whole_clip_with_dual_paths(look_ahead, frames):
    model = randomised(ModelConfig(**DUAL_PATH, look_ahead=look_ahead))
    spectrum = stft(noise(32 * (frames - 1) + 1), 96, 32, 64)[0][:frames]
    with torch.no_grad():
        whole = model(spectrum[None])[0]
    assert (CrnStream(model).run(spectrum) - whole).abs().max() < 1e-5


@pytest.mark.parametrize("samples", [1, 31, 32, 33, 1000])
@pytest.mark.parametrize("windows", [(96, 32, 64), (80, 16, 64), (64, 32, 64)])
def test_short_synthesis_windows_reconstruct(samples, windows):
    x = noise(samples)
    spectrum = stft(x, *windows)
    assert spectrum.shape == (1, frame_count(samples, windows[2], windows[1]), windows[0] // 2 + 1)
    assert (istft(spectrum, samples, *windows) - x).abs().max() < 1e-6


def test_the_gathered_sum_is_a_transposed_convolution():
    for stride, padding, extra in ((1, 0, 0), (2, 1, 0), (2, 1, 1), (3, 0, 2)):
        config = ModelConfig(kernel=(3, 3), stride=stride, padding=padding, output_padding=extra)
        layer = Decoder(5, 4, config, dilation=2, look_ahead=1, last=True)
        x = torch.randn(2, 5, 7, 6)
        expected = layer.conv(x)[:, :, 1:8]
        assert (layer(x) - expected).abs().max() < 1e-5


@pytest.mark.parametrize("both_ways", [False, True])
def test_fast_gru_is_torch_s(both_ways):
    if extension() is None:
        pytest.skip("no C++ compiler")
    fast = FastGru(6, 12, batch_first=True, bidirectional=both_ways)
    slow = torch.nn.GRU(6, 12, batch_first=True, bidirectional=both_ways)
    slow.load_state_dict(fast.state_dict())
    results = []
    for layer in (fast, slow):
        x = noise(7 * 9 * 6, 3).reshape(7, 9, 6).requires_grad_()
        state = 0.1 * noise(7 * 12 * (1 + both_ways), 4).reshape(1 + both_ways, 7, 12)
        y, last = layer(x, state)
        (y * noise(y.numel(), 5).reshape(y.shape)).sum().backward()
        results.append([y, last, x.grad, *(p.grad for p in layer.parameters())])
    for mine, theirs in zip(*results):
        assert (mine - theirs).abs().max() <= 1e-5 * theirs.abs().max()


def test_bands_part_the_bins_and_give_a_constant_back():
    model = Crn(ModelConfig(window=512, bands=(65, 64), encoder_channels=(4, 4), dilation=(1, 1)))
    ones = torch.ones(1, 2, 257)
    assert (model.bands(ones) - 1).abs().max() < 1e-5
    assert (model.bins(torch.ones(1, 2, 129)) - 1).abs().max() < 1e-5


def test_look_ahead_beyond_the_kernel_is_an_error():
    with pytest.raises(ValueError):
        Crn(ModelConfig(look_ahead={"decoder.3": 2}))
    with pytest.raises(ValueError):
        Crn(ModelConfig(look_ahead={"decoder.4": 1}))


def test_unknown_keys_are_errors():
    with pytest.raises(ValueError):
        Config.from_dict({"model": {"hopp": 1}})


@pytest.mark.parametrize("look_ahead", [{}, {"decoder.3": 1}])
def test_folded_norms_change_nothing(look_ahead):
    model = randomised(ModelConfig(look_ahead=look_ahead))
    x = noise(4000)
    with torch.no_grad():
        assert (fold_model(model).enhance(x) - model.enhance(x)).abs().max() < 1e-5


@pytest.mark.parametrize("synthesis", [31, 63, 321])
def test_odd_synthesis_windows_are_refused(synthesis):
    with pytest.raises(ValueError, match=f"synthesis window of {synthesis} samples: expected an even number"):
        stft(noise(1000), 512, 1, synthesis)
    with pytest.raises(ValueError, match="even number"):
        stft(noise(1000), synthesis, 1)


def command(script, *arguments, folder):
    """Runs a script of the recipe as a user would."""
    program = [sys.executable, str(Path(__file__).with_name(script)), *map(str, arguments)]
    return subprocess.run(program, cwd=folder, capture_output=True, text=True)


def test_the_first_command_makes_the_folder_of_its_cache(caches, tmp_path):
    done = command("prepare.py", "cache/new/speech", Path(caches[0]).with_name("speech"), folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert len(Pool(tmp_path / "cache" / "new" / "speech").files) == len(Pool(caches[0]).files)


def test_folders_that_give_nothing_are_refused_in_a_line(tmp_path):
    (tmp_path / "empty").mkdir()
    for folder, words in (("missing", "missing: no such folder"), ("empty", "no sound in empty")):
        done = command("prepare.py", "cache/speech", folder, folder=tmp_path)
        assert done.returncode != 0 and words in done.stderr and "Traceback" not in done.stderr, done.stderr


def test_a_header_names_the_licence_that_it_is_given_and_no_other(caches, tmp_path):
    trainer = small_trainer(caches)
    trainer.save(tmp_path / "checkpoint.pt")
    assert "licence" not in export(tmp_path / "checkpoint.pt", tmp_path / "plain.safetensors")
    assert "licence" not in read_export(tmp_path / "plain.safetensors")[0]
    done = command(
        "export.py", "checkpoint.pt", "-o", "named.safetensors", "--licence", "CC0-1.0", folder=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert read_export(tmp_path / "named.safetensors")[0]["licence"] == "CC0-1.0"


def test_export_round_trip(caches, tmp_path):
    config = Config(ModelConfig(name="crn-one-frame", look_ahead={"decoder.3": 1}), DataConfig(clip_seconds=0.5))
    config.train.batch = 2
    trainer = Trainer(config, Pool(caches[0]), Pool(caches[1]))
    trainer.train_step()
    trainer.save(tmp_path / "checkpoint.pt")
    export(tmp_path / "checkpoint.pt", tmp_path / "model.safetensors", "synthesised", {"set": {"pesq": 1.0}})
    head, model = read_export(tmp_path / "model.safetensors")
    assert head["latency"] == {"frames": 1, "look_ahead": {"decoder.3": 1}}
    assert head["training"]["steps"] == 1
    expected = {f"encoder.{i}.{n}" for i in range(4) for n in ("conv.weight", "conv.bias", "activation.weight")}
    expected |= {f"decoder.{i}.{n}" for i in range(4) for n in ("conv.weight", "conv.bias", "activation.weight")}
    expected -= {"decoder.3.activation.weight"}
    expected |= {f"recurrent.gru.{n}_l0" for n in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")}
    expected |= {"recurrent.linear.weight", "recurrent.linear.bias"}
    assert set(model.state_dict()) == expected


def small_trainer(caches, **train):
    """A trainer of a small network on short clips."""
    model = ModelConfig(encoder_channels=(4, 4, 4, 4), recurrent=8)
    config = Config(model, DataConfig(clip_seconds=0.5), train=TrainConfig(batch=2, **train))
    return Trainer(config, Pool(caches[0]), Pool(caches[1]))


def test_resume_gives_the_same_as_no_interruption(caches, tmp_path):
    straight = small_trainer(caches, steps=6)
    for _ in range(6):
        straight.train_step()
    first = small_trainer(caches, steps=6)
    for _ in range(3):
        first.train_step()
    first.save(tmp_path / "checkpoint.pt")
    second = small_trainer(caches, steps=6)
    second.load(tmp_path / "checkpoint.pt")
    for _ in range(3):
        second.train_step()
    for part in ("model", "average"):
        for a, b in zip(getattr(straight, part).state_dict().values(), getattr(second, part).state_dict().values()):
            assert torch.equal(a, b)


def test_a_run_may_begin_with_the_averaged_weights_of_another(caches, tmp_path):
    first = small_trainer(caches)
    for _ in range(2):
        first.train_step()
    first.save(tmp_path / "checkpoint.pt")
    second = small_trainer(caches)
    second.start_from(tmp_path / "checkpoint.pt")
    assert (second.step, second.earlier) == (0, [2])
    for mine, theirs in zip(second.model.state_dict().values(), first.average.state_dict().values()):
        assert torch.equal(mine, theirs)


def test_a_run_may_begin_with_an_exported_model(caches, tmp_path):
    trainer = small_trainer(caches)
    for _ in range(3):
        trainer.train_step()
    trainer.save(tmp_path / "a.pt")
    export(tmp_path / "a.pt", tmp_path / "a.safetensors")
    again = small_trainer(caches)
    again.start_from(tmp_path / "a.safetensors")
    assert again.earlier == [3] and again.step == 0
    spectrum = stft(noise(8000))
    with torch.no_grad():
        expected = trainer.average.mask(spectrum)
        assert torch.allclose(again.average.mask(spectrum), expected, atol=1e-5)
        assert torch.allclose(again.model.eval().mask(spectrum), expected, atol=1e-5)
    norms = [m for m in again.model.modules() if isinstance(m, torch.nn.BatchNorm2d)]
    assert norms and all((norm.running_var - 1).abs().max() > 1e-3 for norm in norms)
    again.train_step()


def test_a_blend_lies_between_two_models(caches, tmp_path):
    paths = []
    for seed in (1, 2):
        trainer = small_trainer(caches, seed=seed)
        trainer.train_step()
        trainer.save(tmp_path / f"{seed}.pt")
        paths.append(tmp_path / f"{seed}.safetensors")
        export(tmp_path / f"{seed}.pt", paths[-1])
    head = blend(*paths, tmp_path / "blend.safetensors", 0.25)
    assert head["training"]["blended"] == 0.25
    first, second, between = (read_export(p)[1].state_dict() for p in (*paths, tmp_path / "blend.safetensors"))
    for name, tensor in between.items():
        assert torch.allclose(tensor, 0.75 * first[name] + 0.25 * second[name], atol=1e-6)
    assert any(not torch.equal(first[name], second[name]) for name in first)
    with pytest.raises(ValueError, match="a part"):
        blend(*paths, tmp_path / "blend.safetensors", 1.5)


def test_rate_rises_stays_and_ends_at_zero():
    rates = [rate_factor(s, 10, 0.5, 100) for s in range(101)]
    assert rates[0] == 0.1 and rates[10] == rates[49] == 1.0 and rates[100] < 1e-12
    assert all(a >= b for a, b in zip(rates[10:], rates[11:]))


def quiet_config(**changes):
    """Data configuration with every optional change switched off."""
    names = ("hard", "clean", "noise_only", "near_silent", "joined", "speed", "room", "band_limit", "clipping")
    return DataConfig(clip_seconds=1.0, **{**{n: 0.0 for n in names}, **changes})


@pytest.mark.parametrize("snr", [-5.0, 0.0, 12.0])
def test_mixing_hits_the_asked_snr(caches, snr):
    config = quiet_config(snr=(snr, snr), level=(-35.0, -35.0))
    mixer = Mixer(Pool(caches[0]), Pool(caches[1]), config, 3)
    for i in range(10):
        noisy, clean = mixer.example(np.random.default_rng(i))
        ratio = 10 * np.log10(augment.active_power(clean) / augment.power(noisy - clean))
        assert abs(ratio - snr) < 0.1
        assert abs(10 * np.log10(augment.active_power(clean)) + 35.0) < 0.1


def test_target_keeps_the_floor_of_the_noise(caches):
    pools = Pool(caches[0]), Pool(caches[1])
    bare = Mixer(*pools, quiet_config(level=(-35.0, -35.0)), 3).example(np.random.default_rng(0))
    kept = Mixer(*pools, quiet_config(level=(-35.0, -35.0), floor=0.1), 3).example(np.random.default_rng(0))
    assert np.allclose(kept[1] - bare[1], 0.1 * (bare[0] - bare[1]), atol=1e-6)


def test_examples_depend_on_seed_step_and_index_alone(caches):
    def mixer(seed):
        return Mixer(Pool(caches[0]), Pool(caches[1]), DataConfig(clip_seconds=0.5), seed)

    a, b = mixer(1), mixer(1)
    a.batch(0, 3)
    assert np.array_equal(a.batch(5, 3)[0], b.batch(5, 3)[0])
    assert not np.array_equal(a.batch(5, 3)[0], mixer(2).batch(5, 3)[0])
    assert not np.array_equal(a.batch(5, 3)[0], a.batch(6, 3)[0])


def test_examples_are_finite_and_within_full_scale(caches):
    mixer = Mixer(Pool(caches[0]), Pool(caches[1]), DataConfig(clip_seconds=0.7), 5)
    noisy, clean = mixer.batch(0, 200)
    assert noisy.dtype == clean.dtype == np.float32
    assert np.isfinite(noisy).all() and np.isfinite(clean).all()
    assert np.abs(noisy).max() <= 1.0 and np.abs(clean).max() <= 1.0


def test_room_response_starts_with_the_direct_sound():
    whole, early = augment.room_response(np.random.default_rng(1), 16000, 0.05)
    assert whole[0] == early[0] == 1.0
    assert np.sum(early**2) < np.sum(whole**2)
    assert np.array_equal(whole[:800], early[:800])


@pytest.mark.parametrize("slope", [0.0, 3.0, 6.0])
def test_coloured_noise_falls_by_its_slope(slope):
    noise = augment.coloured_noise(np.random.default_rng(0), 1 << 17, slope)
    spectrum = np.abs(np.fft.rfft(noise)) ** 2
    octaves = [np.mean(spectrum[n : 2 * n]) for n in (1 << 12, 1 << 13, 1 << 14)]
    falls = [10 * math.log10(a / b) for a, b in zip(octaves, octaves[1:])]
    assert all(abs(f - slope) < 0.3 for f in falls)


def spectra(scale=1.0):
    clean = stft(scale * noise(8000, 1))
    return clean, clean + stft(scale * noise(8000, 2))


def inverse(samples):
    return lambda spectrum: istft(spectrum, samples, 320, 160)


def loss_of(estimate, target, noisy, **changes):
    return loss(estimate, target, noisy, LossConfig(**changes), inverse(8000), 16000, 160)[0].item()


def test_loss_is_least_for_the_target_and_ignores_the_level():
    clean, noisy = spectra()
    best = loss_of(clean, clean, noisy)
    assert best < loss_of(0.5 * (clean + noisy), clean, noisy) < loss_of(noisy, clean, noisy)
    quiet, quiet_noisy = spectra(0.05)
    assert loss_of(quiet_noisy, quiet, quiet_noisy) == pytest.approx(loss_of(noisy, clean, noisy), rel=0.02)


def test_missing_magnitude_costs_more_than_spare_magnitude():
    clean, noisy = spectra()
    changes = {"spectrum": 0.0, "si_sdr": 0.0, "compression": 1.0}
    assert loss_of(0.9 * clean, clean, noisy, **changes) > 1.3 * loss_of(1.1 * clean, clean, noisy, **changes)


def test_envelope_correlation_is_one_for_any_gain_and_falls_with_noise():
    t = torch.arange(16000) / 16000
    clean = noise(16000) * (1 + torch.sin(2 * math.pi * 4 * t)) ** 2
    of = [
        envelope_correlation(stft(clean * gain + level * noise(16000, 1)), stft(clean), 16000, 160).item()
        for gain, level in ((1, 0), (0.3, 0), (1, 1), (1, 10))
    ]
    assert abs(of[0] - 1) < 1e-3 and abs(of[1] - 1) < 1e-3
    assert 0.5 < of[2] < 0.95 and of[3] < 0.4


def voiced(samples):
    """Something like speech: a buzz whose loudness and colour change a few times a second; shape (samples,)."""
    t = torch.arange(samples) / 16000
    buzz = sum(torch.sin(2 * math.pi * 140 * n * t) / n for n in range(1, 40))
    return 0.1 * buzz * (1 + torch.sin(2 * math.pi * 3 * t)) * (t % 1 < 0.7)


@pytest.mark.parametrize("level", [0.003, 0.01, 0.03, 0.1])
def test_disturbance_is_what_pesq_says_before_its_mapping(level):
    from pesq import pesq

    clean = voiced(48000)
    noisy = clean + level * noise(48000, 4)[0]
    short = 4.5 - disturbance(noisy[None], clean[None], 16000).item()
    mapped = 0.999 + 4 / (1 + math.exp(-1.3669 * short + 3.8224))
    assert mapped == pytest.approx(pesq(16000, clean.numpy(), noisy.numpy(), "wb"), abs=0.1)


def test_gradient_of_disturbance_is_finite_where_both_are_silent():
    clean = voiced(32000)
    clean[10000:24000] = 0
    estimate = (0.8 * clean)[None].requires_grad_()
    disturbance(estimate, clean[None], 16000).sum().backward()
    assert torch.isfinite(estimate.grad).all()


def test_gradient_is_finite_for_silence():
    estimate = torch.zeros(2, 20, 161, dtype=torch.complex64, requires_grad=True)
    silence = torch.zeros(2, 20, 161, dtype=torch.complex64)
    total, _ = loss(estimate, silence, silence, LossConfig(envelope=0.1, pesq=0.1), inverse(3000), 16000, 160)
    total.backward()
    assert torch.isfinite(torch.view_as_real(estimate.grad)).all()


def test_si_sdr_of_known_ratio_at_any_scale():
    a, b = torch.zeros(1, 1000), torch.zeros(1, 1000)
    a[0, :500], b[0, 500:] = 1.0, 0.1
    assert si_sdr(3 * (a + b), a).item() == pytest.approx(20.0, abs=0.01)
    assert si_sdr(a, a, 30.0).item() == pytest.approx(30.0, abs=0.01)
    x = np.sin(np.arange(4000) * 0.1)
    y = np.cos(np.arange(4000) * 0.1)
    assert si_sdr_of_file(x + 0.1 * y, x) == pytest.approx(20.0, abs=0.1)


@pytest.mark.parametrize("delay", [-37, 0, 5, 480])
def test_delay_is_found_and_undone(delay):
    x = np.random.default_rng(0).standard_normal(8000).astype(np.float32)
    late = np.roll(x, delay)
    assert delay_of(late, x) == delay
    assert np.array_equal(shift(late, delay, len(x))[500:-500], x[500:-500])


@pytest.mark.parametrize("network, last", [("crn", "decoder.3"), ("dual-path", "decoder.1")])
def test_configuration_files_differ_in_name_and_look_ahead_only(network, last):
    folder = Path(__file__).parent / "configs"
    stages = [path.name.removeprefix(f"{network}-zero") for path in folder.glob(f"{network}-zero*.json")]
    assert stages and len(stages) == len(list(folder.glob(f"{network}-one-frame*.json")))
    for stage in stages:
        check_configurations(network, last, *(folder / f"{network}-{n}{stage}" for n in ("zero", "one-frame")))


def check_configurations(network, last, *paths):
    zero, one = (json.loads(path.read_text()) for path in paths)
    assert zero["model"].pop("look_ahead") == {} and one["model"].pop("look_ahead") == {last: 1}
    assert (zero["model"].pop("name"), one["model"].pop("name")) == (f"{network}-zero", f"{network}-one-frame")
    assert zero == one
