"""The lake: a folder of Parquet files brought up to date from the database; a crash leaves the state before.

Signals lie in parts by ranges of ids. Most are only ever added, but some change hands when a visitor becomes known,
and some go when a person is erased, and neither leaves a time behind that a watermark could follow. So the watermark
is a fingerprint of each part, computed inside the database; a part is copied anew when its fingerprint differs.
"""

import fcntl
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from polku.engine import source
from polku.engine.schema import SIGNALS, TABLES, Table
from polku.engine.source import Source

PART = 262_144
_MANIFEST = "manifest.json"
_ROWS_IN_GROUP = 131_072

type Progress = Callable[[str], None]


class LakeMissing(Exception):
    """There is no lake in this folder yet."""


class LakeBusy(Exception):
    """Another update of this lake is running."""


class File(msgspec.Struct, frozen=True):
    """One file of the lake. `part` counts ranges of ids; `fingerprint` tells whether the range has changed."""

    name: str
    table: str
    rows: int
    part: int = 0
    fingerprint: str = ""


class Manifest(msgspec.Struct, frozen=True):
    """The files that make up the lake; `run` counts updates. Written last, by one rename."""

    run: int = 0
    files: tuple[File, ...] = ()


class Updated(msgspec.Struct, frozen=True, kw_only=True):
    """What an update did: rows copied, rows now in the lake, parts of signals copied anew, and how long it took."""

    rows: int
    total: int
    parts: int
    seconds: float


class Lake(msgspec.Struct, frozen=True):
    """One state of the lake. It stays readable while one later update runs."""

    folder: Path
    manifest: Manifest

    def paths(self, table: Table) -> list[str]:
        """The files of a table, in the order of ids."""
        return [str(self.folder / file.name) for file in self.manifest.files if file.table == table.name]


def open_lake(folder: Path) -> Lake:
    """The lake as the last complete update left it. Raises LakeMissing."""
    manifest = _read(folder)
    if not manifest.files:
        raise LakeMissing(folder)
    return Lake(folder, manifest)


def update(source_uri: str, folder: Path, *, progress: Progress = lambda what: None) -> Updated:
    """Bring the lake up to date with one state of the database. Raises LakeBusy."""
    began = time.perf_counter()
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder), source.opened(source_uri) as database:
        before = _read(folder)
        run = before.run + 1
        files = [_whole(database, table, folder, run=run) for table in TABLES if not table.in_parts]
        kept = {file.part: file for file in before.files if file.table == SIGNALS.name}
        for file in _parts(database, kept, folder, run=run):
            progress(file.name)
            files.append(file)
        _write(folder, Manifest(run, tuple(files)))
        _sweep(folder, {file.name for file in (*files, *before.files)})
    copied = [file for file in files if file not in before.files]
    return Updated(
        rows=sum(file.rows for file in copied),
        total=sum(file.rows for file in files),
        parts=sum(file.table == SIGNALS.name for file in copied),
        seconds=time.perf_counter() - began,
    )


def _whole(database: Source, table: Table, folder: Path, *, run: int) -> File:
    name = f"{table.name}-{run}.parquet"
    return File(name, table.name, _pour(database.rows(table), table, folder / name))


def _parts(database: Source, kept: dict[int, File], folder: Path, *, run: int) -> Iterator[File]:
    ids = database.range(SIGNALS)
    for part in range(ids[0] // PART, ids[1] // PART + 1) if ids else ():
        first, last = part * PART, (part + 1) * PART - 1
        fingerprint = database.fingerprint(SIGNALS, first=first, last=last)
        if part in kept and kept[part].fingerprint == fingerprint:
            yield kept[part]
        elif fingerprint:
            name = f"{SIGNALS.name}-{part:06}-{run}.parquet"
            rows = _pour(database.rows(SIGNALS, first=first, last=last), SIGNALS, folder / name)
            yield File(name, SIGNALS.name, rows, part, fingerprint)
    if not ids:
        # A table of the lake always has a file, so that readers need not care.
        name = f"{SIGNALS.name}-none-{run}.parquet"
        yield File(name, SIGNALS.name, _pour((), SIGNALS, folder / name), -1)


def _pour(batches: Iterable[pa.RecordBatch], table: Table, path: Path) -> int:
    """Write batches into a new file that is on disk when this returns; answers the rows."""
    rows = 0
    with path.open("wb") as file:
        with pq.ParquetWriter(file, table.arrow, compression="zstd") as writer:
            for group in _groups(batches, table):
                writer.write_table(group)
                rows += group.num_rows
        file.flush()
        os.fsync(file.fileno())
    return rows


def _groups(batches: Iterable[pa.RecordBatch], table: Table) -> Iterator[pa.Table]:
    """Batches gathered into row groups of a size that reads well."""
    waiting: list[pa.RecordBatch] = []
    for batch in chain(batches, (None,)):
        if waiting and (batch is None or sum(each.num_rows for each in waiting) >= _ROWS_IN_GROUP):
            yield pa.Table.from_batches(waiting, schema=table.arrow)
            waiting = []
        if batch is not None:
            waiting.append(batch)


def _read(folder: Path) -> Manifest:
    try:
        return msgspec.json.decode((folder / _MANIFEST).read_bytes(), type=Manifest)
    except FileNotFoundError:
        return Manifest()


def _write(folder: Path, manifest: Manifest) -> None:
    written = folder / f"{_MANIFEST}.new"
    with written.open("wb") as file:
        file.write(msgspec.json.encode(manifest))
        file.flush()
        os.fsync(file.fileno())
    written.replace(folder / _MANIFEST)
    entry = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(entry)
    finally:
        os.close(entry)


def _sweep(folder: Path, names: set[str]) -> None:
    """Remove what neither this state nor the one before it names: older states, and what a crash left."""
    for path in folder.glob("*-*.parquet"):
        if path.name not in names:
            path.unlink()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LakeBusy(folder) from None
        yield
