"""Measures the Ray stage on this machine: `python demonstrate_ray.py [--clips 2000] [--onnx gtcrn_simple.onnx]`.

Throughput on one worker and two, on two local nodes, memory of the workers over many clips, and what 1,000 hours cost; with
`--onnx`, beside GTCRN's streaming ONNX export in a stage of the same kind (needs `onnxruntime`).
"""

import argparse
import os
import tempfile
import time
from pathlib import Path

import numpy as np
import ray
from conftest import speech_like, write_wav
from framewise.ray import Clean, clean_files
from ray.cluster_utils import Cluster


class Watched(Clean):
    """The stage, which also says who ran it, how much memory that worker holds, and what time it took."""

    def __call__(self, row):
        start = time.process_time()
        _, seconds, error = self.bytes(row["bytes"])
        assert error is None, error
        # Its own pages: those of the object store are shared.
        _, resident, shared, *_ = map(int, Path("/proc/self/statm").read_text().split())
        resident = (resident - shared) * os.sysconf("SC_PAGE_SIZE")
        node = ray.get_runtime_context().get_node_id()
        return {"pid": os.getpid(), "node": node, "resident": resident, "seconds": seconds, "cpu": time.process_time() - start}


class Onnx:
    """GTCRN's ONNX export, frame by frame as it was made for, on one thread."""

    def __init__(self, path):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])

    def __call__(self, row):
        import io

        import soundfile

        start = time.process_time()
        samples, rate = soundfile.read(io.BytesIO(row["bytes"]), dtype="float32")
        window = np.sqrt(np.hanning(513)[:512]).astype(np.float32)
        padded = np.pad(samples, (256, 512))
        caches = {"conv_cache": (2, 1, 16, 16, 33), "tra_cache": (2, 3, 1, 1, 16), "inter_cache": (2, 1, 33, 16)}
        caches = {name: np.zeros(shape, np.float32) for name, shape in caches.items()}
        out = np.zeros(len(padded), np.float32)
        for at in range(0, len(padded) - 511, 256):
            spectrum = np.fft.rfft(window * padded[at : at + 512])
            mix = np.stack([spectrum.real, spectrum.imag], -1).astype(np.float32).reshape(1, 257, 1, 2)
            enhanced, *states = self.session.run(None, {"mix": mix, **caches})
            caches = dict(zip(caches, states))
            enhanced = enhanced.reshape(257, 2)
            out[at : at + 512] += window * np.fft.irfft(enhanced[:, 0] + 1j * enhanced[:, 1])
        written = io.BytesIO()
        soundfile.write(written, out[256 : 256 + len(samples)], rate, subtype="PCM_16", format="WAV")
        return {"seconds": len(samples) / rate, "cpu": time.process_time() - start}


def clips(folder, count, seconds):
    folder.mkdir()
    sound = (32767 * np.clip(speech_like(16_000, 1, seconds, 1), -1, 1)).astype(np.int16)
    for n in range(count):
        write_wav(folder / f"{n}.wav", 16_000, sound)


def cost(rows, what):
    hours = 1000 * sum(row["cpu"] for row in rows) / sum(row["seconds"] for row in rows)
    print(f"{what}: 1,000 hours of 16 kHz cost {hours:.2f} core hours (processor time over {len(rows)} clips)")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--clips", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--onnx")
    arguments = parser.parse_args()
    root = Path(tempfile.mkdtemp())
    clips(root / "noisy", min(arguments.clips, 200), arguments.seconds)
    data = (root / "noisy/0.wav").read_bytes()

    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    for workers in (1, 2):
        clean_files(root / "noisy", root / f"warm{workers}", workers=workers)
        start = time.perf_counter()
        done = clean_files(root / "noisy", root / f"clean{workers}", workers=workers)
        taken = time.perf_counter() - start
        print(f"{workers} workers: {done.seconds / taken:.0f} x real time ({done.cleaned} clips in {taken:.1f} s)")
    # Nothing is read: on two processors there is none left for it beside two actors.
    rows = ray.data.from_items([{"bytes": data}] * arguments.clips, override_num_blocks=arguments.clips // 10)
    rows = rows.map(Watched, compute=ray.data.ActorPoolStrategy(size=2), num_cpus=1).take_all()
    cost(rows, "framewise")
    for pid in sorted({row["pid"] for row in rows}):
        held = [row["resident"] / 2**20 for row in rows if row["pid"] == pid]
        tenth = max(1, len(held) // 10)
        first, last = np.mean(held[tenth : 2 * tenth]), np.mean(held[-tenth:])
        print(f"worker {pid}: {len(held)} clips, {first:.1f} MiB after a tenth of them, {last:.1f} MiB at the end")
    if arguments.onnx:
        few = ray.data.from_items([{"bytes": data}] * 20, override_num_blocks=20)
        pool = ray.data.ActorPoolStrategy(size=2)
        cost(few.map(Onnx, fn_constructor_args=[arguments.onnx], compute=pool, num_cpus=1).take_all(), "GTCRN, ONNX")
    ray.shutdown()

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    cluster.add_node(num_cpus=1)
    ray.init(address=cluster.address, log_to_driver=False)
    rows = ray.data.from_items([{"bytes": data}] * 200, override_num_blocks=200)
    rows = rows.map(Watched, compute=ray.data.ActorPoolStrategy(size=2), num_cpus=1).take_all()
    by_node = {node: sum(row["node"] == node for row in rows) for node in {row["node"] for row in rows}}
    print(f"two nodes: {len(rows)} clips, {sorted(by_node.values())} on each")
    ray.shutdown()
    cluster.shutdown()


if __name__ == "__main__":
    main()
