"""Data sets on two workers of Ray Data: nothing is lost, done twice, or passed over in silence."""

import io
import os
import signal
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from conftest import read_wav, speech_like, write_wav

import framewise

pytest.importorskip("framewise.ray", exc_type=ImportError)

import pyarrow as pa  # noqa: E402
import pyarrow.parquet as pq  # noqa: E402
import ray  # noqa: E402
import soundfile  # noqa: E402
from framewise.ray import Clean, clean, clean_files, clean_parquet  # noqa: E402


@pytest.fixture(scope="module", autouse=True)
def cluster():
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, object_store_memory=200 << 20)
    yield
    ray.shutdown()


def encoded(rate=16_000, seed=1, seconds=0.4, channels=1):
    """A WAV file as bytes, and its samples."""
    samples = speech_like(rate, channels, seconds, seed)
    path = Path(os.environ.get("TMPDIR", "/tmp")) / f"framewise-{os.getpid()}-{seed}.wav"
    write_wav(path, rate, samples)
    data = path.read_bytes()
    path.unlink()
    return data, samples


def test_files_are_cleaned_as_denoise_does_and_a_run_goes_on_where_it_was(tmp_path):
    source, target = tmp_path / "noisy", tmp_path / "clean"
    (source / "deep").mkdir(parents=True)
    sounds = {}
    for seed, rate in enumerate([16_000, 48_000, 44_100]):
        name = f"deep/{seed}.wav" if seed else f"{seed}.wav"
        sounds[name] = (rate, speech_like(rate, 1 + seed % 2, 0.4, seed))
        write_wav(source / name, *sounds[name])
    (source / "broken.flac").write_bytes(b"no sound at all")
    (source / "notes.txt").write_text("not one of them")
    done = clean_files(source, target, workers=2)
    assert (done.cleaned, done.failed, done.skipped) == (3, 1, 0)
    assert done.seconds == pytest.approx(1.2)
    for name, (rate, samples) in sounds.items():
        found, at = read_wav(target / name)
        assert at == rate
        np.testing.assert_array_equal(found, framewise.denoise(samples, rate))
    assert (target / "broken.flac.wav.error.txt").read_text().strip()
    assert sorted(p.name for p in target.rglob("*") if p.is_file()) == ["0.wav", "1.wav", "2.wav", "broken.flac.wav.error.txt"]

    # Only what is missing is done, and what failed is tried again.
    (target / "deep/1.wav").unlink()
    before = (target / "0.wav").stat().st_mtime_ns
    write_wav(source / "broken.flac", *sounds["0.wav"])
    again = clean_files(source, target, workers=2)
    assert (again.cleaned, again.failed, again.skipped) == (2, 0, 2)
    assert (target / "0.wav").stat().st_mtime_ns == before
    assert not (target / "broken.flac.wav.error.txt").exists()


def test_parquet_keeps_columns_rows_and_order_and_says_what_could_not_be_decoded(tmp_path):
    source, target = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    rows = []
    for n in range(150):
        data = b"\x00bad" if n % 50 == 7 else None if n == 99 else encoded(seed=n % 3)[0]
        rows.append({"id": n, "bytes": data, "speaker": f"s{n % 5}", "tags": [n, n + 1]})
    pq.write_table(pa.Table.from_pylist(rows[:100]), source / "a.parquet")
    pq.write_table(pa.Table.from_pylist(rows[100:]), source / "b.parquet")
    done = clean_parquet(source, target, workers=2, rate=8_000)
    assert (done.cleaned, done.failed, done.skipped) == (146, 4, 0)
    found = [row for name in "ab" for row in pq.read_table(target / f"{name}.parquet").to_pylist()]
    assert [{k: row[k] for k in rows[0]} for row in found] == rows
    for row in found:
        bad = row["id"] % 50 == 7 or row["id"] == 99
        assert (row["error"] is not None, row["clean"] is None) == (bad, bad)
    (tmp_path / "one.wav").write_bytes(found[0]["clean"])
    samples, rate = read_wav(tmp_path / "one.wav")
    assert rate == 8_000 and samples.shape == (1, 3200)

    again = clean_parquet(source, target, workers=2, rate=8_000)
    assert (again.cleaned, again.skipped) == (0, 2)


def test_the_stage_fits_into_a_pipeline():
    data, samples = encoded(seed=5, channels=2)
    dataset = ray.data.from_items([{"n": n, "bytes": data if n else b"?"} for n in range(4)])
    rows = sorted(clean(dataset, workers=2, output="bytes").take_all(), key=lambda row: row["n"])
    assert [row["error"] is None for row in rows] == [False, True, True, True]
    # Not the bytes: libsndfile notes the time in files of floats.
    found, rate = soundfile.read(io.BytesIO(rows[1]["bytes"]), dtype="float32")
    assert rate == 16_000
    np.testing.assert_array_equal(found.T, framewise.denoise(samples, 16_000))


def test_what_no_row_can_be_blamed_for_fails_before_any():
    for wrong in [{"latency": "seven"}, {"strength": -1.0}, {"model": "no such model"}]:
        with pytest.raises((ValueError, OSError)):
            Clean(**wrong)


def workers_of(stage):
    """The processes that run a stage: Ray gives them its name."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if stage in (process / "cmdline").read_bytes():
                found.append(int(process.name))
        except OSError:
            pass  # It has ended.
    return found


def test_a_worker_that_is_killed_loses_nothing_and_nothing_is_done_twice(tmp_path):
    source, target = tmp_path / "noisy", tmp_path / "clean"
    source.mkdir()
    sound = speech_like(16_000, 1, 20.0, 3)
    for n in range(60):
        write_wav(source / f"{n}.wav", 16_000, sound)
    killed = []

    def kill():
        # Once something is done, and while much is left.
        while len(list(target.glob("*.wav"))) < 5:
            time.sleep(0.01)
        os.kill(workers_of(b"MapWorker(Map(_File))")[0], signal.SIGKILL)
        killed.append(len(list(target.glob("*.wav"))))

    killer = threading.Thread(target=kill)
    killer.start()
    done = clean_files(source, target, workers=2)
    killer.join()
    assert killed and killed[0] < 60, f"a worker was killed while {killed} of 60 were done"
    assert (done.cleaned, done.failed, done.skipped) == (60, 0, 0)
    assert sorted(int(p.stem) for p in target.iterdir()) == list(range(60)), "each once, and nothing half written"
    expected = framewise.denoise(sound, 16_000)
    for path in target.iterdir():
        np.testing.assert_array_equal(read_wav(path)[0], expected)
