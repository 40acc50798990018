"""DuckDB within limits: tables in, expressions over them by Narwhals, results kept or read as columns."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import narwhals as nw
import pyarrow as pa

type Rows = nw.LazyFrame[Any]

_BATCH = 65_536


class Duck:
    """One connection. What is kept in it spills to disk beyond the memory limit."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def files(self, paths: Sequence[str]) -> Rows:
        """Parquet files as one table."""
        return nw.from_native(self._connection.read_parquet(list(paths)))

    def keep(self, rows: Rows, name: str) -> Rows:
        """Compute these rows now, and answer them as a table."""
        rows.to_native().create(name)
        return self.kept(name)

    def kept(self, name: str) -> Rows:
        return nw.from_native(self._connection.table(name))

    def given(self, batches: Iterator[pa.RecordBatch], schema: pa.Schema, name: str) -> Rows:
        """Keep rows that Python makes. All are made first: making them may ask this connection."""
        self._connection.from_arrow(pa.Table.from_batches(list(batches), schema=schema)).create(name)
        return self.kept(name)

    def batches(self, rows: Rows) -> Iterator[pa.RecordBatch]:
        """The rows as columns, a batch at a time."""
        yield from rows.to_native().to_arrow_reader(_BATCH)

    def count(self, rows: Rows) -> int:
        return int(rows.select(nw.len()).collect().item())

    def write(self, rows: Rows, path: Path) -> None:
        """The rows as a Parquet file that is there whole or not at all."""
        written = path.with_name(f"{path.name}.new")
        rows.sink_parquet(written)
        written.replace(path)


def distinct(rows: Rows, *columns: str) -> Rows:
    """Each combination of values once. Narwhals' own `unique` numbers the rows of each: six times as long."""
    return rows.group_by(*columns).agg(nw.len().alias("times")).drop("times")


@contextmanager
def duck(*, memory: str, spill: Path, threads: int | None = None) -> Iterator[Duck]:
    """DuckDB for one piece of work. `memory` is like "1GB"; what is more goes to files in `spill`."""
    settings: dict[str, Any] = {
        "memory_limit": memory,
        "temp_directory": str(spill),
        "preserve_insertion_order": False,
        "autoload_known_extensions": False,
        "autoinstall_known_extensions": False,
    }
    if threads is not None:
        settings["threads"] = threads
    with duckdb.connect(config=settings) as connection:
        yield Duck(connection)
