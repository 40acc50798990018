"""Reads the database as Arrow columns through ADBC: whole batches, no Python loop over rows, one snapshot."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast
from urllib.parse import quote

import adbc_driver_postgresql.dbapi
import adbc_driver_sqlite.dbapi
import pyarrow as pa
import pyarrow.compute as pc

from polku.engine.schema import ARROW, Column, Kind, Table

_BATCH = "65536"
_MODULUS = 1_000_003  # keeps the sums of fingerprints far below 2⁶³


class Source:
    """One transaction that sees one state of the database."""

    def __init__(self, connection: Any, *, is_sqlite: bool) -> None:
        self._connection, self._is_sqlite = connection, is_sqlite

    def rows(self, table: Table, *, first: int | None = None, last: int | None = None) -> Iterator[pa.RecordBatch]:
        """The rows in the order of their key, with keys from `first` to `last` if given, as the lake types them."""
        columns = ", ".join(self._expression(column) for column in table.columns)
        where = f"WHERE {table.key} BETWEEN {first} AND {last}" if first is not None else ""
        sql = f"SELECT {columns} FROM {table.source} {where} ORDER BY {table.key}"  # noqa: S608  names of the schema
        with self._connection.cursor() as cursor:
            if self._is_sqlite:
                cursor.adbc_statement.set_options(**{"adbc.sqlite.query.batch_rows": _BATCH})
            cursor.execute(sql)
            for batch in cursor.fetch_record_batch():
                yield _typed(batch, table)

    def range(self, table: Table) -> tuple[int, int] | None:
        """The lowest and highest key; None when the table is empty."""
        low, high = (f"(SELECT {end}({table.key}) FROM {table.source})" for end in ("min", "max"))  # noqa: S608
        low, high = self._row(f"SELECT {low}, {high}")  # two looks into the index, where one SELECT would scan
        return None if low is None else (low, high)

    def fingerprint(self, table: Table, *, first: int, last: int) -> str:
        """Changes when a row in this range of ids comes, goes, or changes hands; empty without rows."""
        hands = [
            f"sum(({name} % {_MODULUS}) * (id % 65521))"
            for name in ("lead_id", "person_id", "visitor_id")
        ]  # fmt: skip
        parts = ", ".join(["count(*)", "sum(id % 65521)", *hands, "count(joined_at)", "max(joined_at)"])
        found = self._row(f"SELECT {parts} FROM {table.source} WHERE id BETWEEN {first} AND {last}")  # noqa: S608
        return "/".join(str(value) for value in found) if found[0] else ""

    def _row(self, sql: str) -> tuple[Any, ...]:
        with self._connection.cursor() as cursor:
            cursor.execute(sql)
            return cast("tuple[Any, ...]", cursor.fetchone())

    def _expression(self, column: Column) -> str:
        """Texts stay texts even where a whole batch is empty: the driver of SQLite tells types by what it meets."""
        name = f'"{column.name}"'
        if column.kind is Kind.TEXT:
            return f"coalesce({name}, '') AS {name}"
        if column.kind is Kind.MONEY:
            # SQLite holds money as a double; Django reads the same fifteen digits of it.
            text = f"printf('%.15g', {name})" if self._is_sqlite else f"{name}::text"
            return f"CASE WHEN {name} IS NULL THEN '' ELSE {text} END AS {name}"
        if column.kind is Kind.TIME and self._is_sqlite:
            return f"coalesce({name}, '') AS {name}"
        if column.kind is Kind.REAL and self._is_sqlite:
            return f"CAST({name} AS REAL) AS {name}"
        return f"{name}::bigint AS {name}" if column.kind is Kind.NUMBER and not self._is_sqlite else name


@contextmanager
def opened(uri: str) -> Iterator[Source]:
    """The database at `sqlite:///path` or `postgresql://…`."""
    is_sqlite = uri.startswith("sqlite:///")
    if is_sqlite:
        connection = adbc_driver_sqlite.dbapi.connect(f"file:{quote(uri.removeprefix('sqlite:///'))}?mode=ro")
    else:
        connection = adbc_driver_postgresql.dbapi.connect(uri)
    with connection:
        if not is_sqlite:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield Source(connection, is_sqlite=is_sqlite)


def _typed(batch: pa.RecordBatch, table: Table) -> pa.RecordBatch:
    arrays = [_column(batch.column(place), column.kind) for place, column in enumerate(table.columns)]
    return pa.RecordBatch.from_arrays(arrays, schema=table.arrow)


def _column(values: pa.Array, kind: Kind) -> pa.Array:
    if kind in {Kind.TIME, Kind.MONEY} and pa.types.is_string(values.type):
        values = pc.if_else(pc.equal(values, ""), pa.scalar(None, pa.string()), values)
    if kind is Kind.TIME:
        values = values.cast(pa.timestamp("us", "UTC" if pa.types.is_timestamp(values.type) else None))
    return values.cast(ARROW[kind])
