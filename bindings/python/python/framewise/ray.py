"""Data sets of speech cleaned with Ray Data, on a pool of actors that hold the model.

Needs the extra `ray`: `pip install "framewise[ray]"`. Three ways in:

- `Clean` is the stage itself, a class for `Dataset.map`, and `clean` adds it to a data set: for pipelines of your own.
- `clean_files` cleans files of a folder into another.
- `clean_parquet` cleans a column of bytes in Parquet files into Parquet files of the same names.

The last two go on where a stopped run was. What they write appears whole or not at all under its name, and what is there is
not done again; so a worker that dies in the middle loses nothing, and does nothing twice.
"""

import io
import os
import uuid
from dataclasses import dataclass
from pathlib import Path

import numpy as np

try:
    import pyarrow as pa
    import pyarrow.parquet as pq
    import ray.data
    import soundfile
    import soxr
except ImportError as cause:
    raise ImportError('framewise.ray needs more packages: pip install "framewise[ray]"') from cause

from ._framewise import Model, denoise

__all__ = ["Clean", "Done", "clean", "clean_files", "clean_parquet"]

#: Endings of files that are taken for sound.
SOUND = (".aif", ".aifc", ".aiff", ".flac", ".mp3", ".ogg", ".opus", ".w64", ".wav")

#: Rows of a Parquet file that are held in memory at a time.
ROWS = 64


@dataclass(frozen=True)
class Done:
    """What a run did."""

    cleaned: int
    """Files or rows that were cleaned."""
    failed: int
    """Files or rows that could not be decoded."""
    skipped: int
    """Files that an earlier run had done; of Parquet, files and not rows."""
    seconds: float
    """Seconds of sound that were cleaned."""


class Clean:
    """A stage that cleans encoded sound, row by row: a class for `Dataset.map`.

    A row keeps all its columns. In `output` it gets the cleaned sound as a WAV file of the sample type of the input where WAV
    has it, else of 16 bits; in `error` nothing, or why its sound could not be decoded, in which case `output` has none.

    Args:
        column: the column with the bytes of a sound file.
        output: the column for the bytes of the cleaned one; may be the same.
        error: the column for what went wrong.
        rate: sample rate in Hz of the cleaned sound; by default that of the input.
        latency, strength, link: as for `framewise.denoise`.
        model: a name or a path, as for `framewise.denoise`; every actor opens it once.
    """

    def __init__(
        self,
        column="bytes",
        output="clean",
        error="error",
        *,
        rate=None,
        latency=None,
        strength=None,
        link=False,
        model=None,
    ):
        self.column, self.output, self.error, self.rate = column, output, error, rate
        options = {"latency": latency, "strength": strength, "link": link, "model": model}
        self.options = {name: value for name, value in options.items() if value is not None and value is not False}
        # What no row can be blamed for is found here, before any.
        denoise(np.zeros(160, np.float32), 16_000, **self.options)
        if model is not None and os.path.exists(model):
            self.options["model"] = Model.open(model)

    def __call__(self, row):
        cleaned, _, error = self.bytes(row[self.column])
        return {**row, self.output: cleaned, self.error: error}

    def bytes(self, encoded):
        """The cleaned sound as the bytes of a WAV file, its length in seconds, and nothing; or nothing, 0, and why not."""
        try:
            if encoded is None:
                raise ValueError("no sound: the value is missing")
            with soundfile.SoundFile(io.BytesIO(encoded)) as file:
                rate, subtype = file.samplerate, file.subtype
                samples = file.read(dtype="float32", always_2d=True)
            seconds = len(samples) / rate
            cleaned = denoise(np.ascontiguousarray(samples.T), rate, **self.options).T
            if self.rate not in (None, rate):
                cleaned, rate = soxr.resample(cleaned, rate, self.rate), self.rate
            if not soundfile.check_format("WAV", subtype) or subtype not in ("PCM_16", "PCM_24", "PCM_32", "FLOAT"):
                subtype = "PCM_16"
            written = io.BytesIO()
            soundfile.write(written, cleaned, rate, subtype=subtype, format="WAV")
            return written.getvalue(), seconds, None
        except (soundfile.LibsndfileError, ValueError, RuntimeError) as cause:
            return None, 0.0, " ".join(str(cause).split()) or type(cause).__name__


def clean(dataset, *, workers=None, **options):
    """Adds the stage `Clean` to a data set, on a pool of so many actors.

    Each holds a processor, and what reads the data set needs one too: without any left, Ray Data waits for ever. By default
    one is left. Takes the arguments of `Clean`; the result is a data set, to go on with or to write.
    """
    return dataset.map(Clean, fn_constructor_kwargs=options, compute=_pool(workers, spare=1), num_cpus=1)


def clean_files(source, target, *, workers=None, **options):
    """Cleans every sound file below a folder into a WAV file of the same name, with `.wav` behind it, below another.

    A file that cannot be decoded gets a file `NAME.error.txt` in place of the cleaned one, with the reason, and counts as
    failed; the next run tries it again.

    Args:
        source, target: folders that all nodes see under these names; one run at a time for a target.
        workers: actors; by default one a processor.
        options: those of `Clean` but for the columns.
    """
    source, target = Path(source).resolve(), Path(target).resolve()
    parts, skipped = [], 0
    for path in sorted(source.rglob("*")):
        if path.suffix.lower() in SOUND and path.is_file() and target not in path.parents:
            to = target / path.relative_to(source)
            to = to.with_name(to.name if to.suffix == ".wav" else to.name + ".wav")
            if to.exists():
                skipped += 1
            else:
                parts.append({"from": str(path), "to": str(to)})
    return _run(_File, target, parts, skipped, workers, options)


def clean_parquet(source, target, *, column="bytes", output="clean", error="error", workers=None, **options):
    """Cleans a column of bytes in every Parquet file below a folder into a file of the same name below another.

    All other columns stay; rows whose sound cannot be decoded stay too, with the reason in the column `error`. A file is
    read and written a few rows at a time. The unit of a run that goes on is the file.

    Args:
        source, target: folders that all nodes see under these names.
        column, output, error, options: those of `Clean`.
        workers: actors; by default one a processor.
    """
    source, target = Path(source).resolve(), Path(target).resolve()
    parts, skipped = [], 0
    for path in sorted(source.rglob("*.parquet")):
        if target in path.parents:
            continue
        to = target / path.relative_to(source)
        if to.exists():
            skipped += 1
        else:
            parts.append({"from": str(path), "to": str(to)})
    options = {**options, "column": column, "output": output, "error": error}
    return _run(_Table, target, parts, skipped, workers, options)


def _pool(workers, spare=0):
    """So many actors, or one for every processor but the spare ones."""
    if workers is None:
        processors = ray.cluster_resources().get("CPU", 1) if ray.is_initialized() else os.cpu_count()
        workers = max(1, int(processors) - spare)
    return ray.data.ActorPoolStrategy(size=workers)


def _run(stage, target, parts, skipped, workers, options):
    _sweep(target)
    if not parts:
        return Done(0, 0, skipped, 0.0)
    # A block each: a part that is done again because its worker died is one part and no more.
    dataset = ray.data.from_items(parts, override_num_blocks=len(parts))
    cleaned, failed, seconds = 0, 0, 0.0
    stages = dataset.map(stage, fn_constructor_kwargs=options, compute=_pool(workers), num_cpus=1)
    for row in stages.iter_rows():
        cleaned += row["cleaned"]
        failed += row["failed"]
        seconds += row["seconds"]
    _sweep(target)
    return Done(cleaned, failed, skipped, seconds)


def _whole(to):
    """A name beside the one that a file is to have, for while it is written."""
    to = Path(to)
    to.parent.mkdir(parents=True, exist_ok=True)
    return to.with_name(f".{to.name}.{uuid.uuid4().hex}.part")


def _sweep(target):
    """Removes what workers that died have left half written. A folder has one run at a time."""
    for left in target.rglob(".*.part"):
        left.unlink(missing_ok=True)


class _File:
    """Cleans a file into another."""

    def __init__(self, **options):
        self.clean = Clean(**options)

    def __call__(self, part):
        to = Path(part["to"])
        cleaned, seconds, error = self.clean.bytes(Path(part["from"]).read_bytes())
        reason = to.with_name(to.name + ".error.txt")
        writing = _whole(to)
        if error is None:
            writing.write_bytes(cleaned)
            os.replace(writing, to)
            reason.unlink(missing_ok=True)
        else:
            writing.write_text(error + "\n")
            os.replace(writing, reason)
        return {"cleaned": int(error is None), "failed": int(error is not None), "seconds": seconds}


class _Table:
    """Cleans a column of a Parquet file into another file."""

    def __init__(self, **options):
        self.clean = Clean(**options)

    def __call__(self, part):
        stage, failed, cleaned, seconds = self.clean, 0, 0, 0.0
        writing = _whole(part["to"])
        try:
            with pq.ParquetFile(part["from"]) as source:
                new = {stage.output: pa.binary(), stage.error: pa.string()}
                fields = [new.pop(field.name, None) or field for field in source.schema_arrow]
                fields = [f if isinstance(f, pa.Field) else pa.field(old.name, f) for f, old in zip(fields, source.schema_arrow)]
                schema = pa.schema(fields + [pa.field(name, kind) for name, kind in new.items()])
                with pq.ParquetWriter(writing, schema) as target:
                    for batch in source.iter_batches(batch_size=ROWS):
                        columns = dict(zip(batch.schema.names, batch.columns))
                        made = [stage.bytes(value.as_py()) for value in columns[stage.column]]
                        columns[stage.output] = pa.array([row[0] for row in made], pa.binary())
                        columns[stage.error] = pa.array([row[2] for row in made], pa.string())
                        target.write_batch(pa.record_batch([columns[name] for name in schema.names], schema=schema))
                        failed += sum(row[2] is not None for row in made)
                        cleaned += sum(row[2] is None for row in made)
                        seconds += sum(row[1] for row in made)
            os.replace(writing, part["to"])
        finally:
            writing.unlink(missing_ok=True)
        return {"cleaned": cleaned, "failed": failed, "seconds": seconds}
