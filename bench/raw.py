"""The limit: the same rows that captures left, stored once more by the bare driver, one transaction a capture."""

import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import psycopg
from django.conf import settings
from django.db import connection

type Writes = list[tuple[str, list[Sequence[Any]]]]


class Table(msgspec.Struct):
    name: str
    columns: list[str]
    rows: list[Sequence[Any]]


def sizes() -> dict[str, int]:
    """How many rows each table has."""
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
        found = {}
        for name in names:
            cursor.execute(f"SELECT count(*) FROM {name}")
            found[name] = cursor.fetchone()[0]
    return found


def store_again(before: dict[str, int], captures: int, threads: int) -> dict[str, float]:
    """Store the rows that came since once more into empty tables of the same shape; answers transactions a second."""
    tables = [_grown(name, before.get(name, 0)) for name, size in sizes().items() if size > before.get(name, 0)]
    batches = [_writes(tables, place, captures) for place in range(captures)]
    rows = sum(len(table.rows) for table in tables)
    begin = _sqlite(tables) if connection.vendor == "sqlite" else _postgresql(tables)
    shares = [batches] if connection.vendor == "sqlite" else [batches[at::threads] for at in range(threads)]
    began = time.perf_counter()
    workers = [threading.Thread(target=begin, args=(share,)) for share in shares]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return {"per_second": captures / (time.perf_counter() - began), "rows": rows / captures}


def _grown(name: str, skipped: int) -> Table:
    # The bare connection: values as the driver gives them are values as it takes them.
    with connection.cursor() as cursor:
        raw = cursor.cursor if connection.vendor == "sqlite" else cursor
        order = "rowid" if connection.vendor == "sqlite" else "1"
        raw.execute(f"SELECT * FROM {name} ORDER BY {order}")
        rows = list(raw.fetchall())[skipped:]
        return Table(name, [column[0] for column in raw.description], rows)


def _writes(tables: Sequence[Table], place: int, captures: int) -> Writes:
    """The share of one capture in each table."""
    found: Writes = []
    for table in tables:
        first, last = (len(table.rows) * at // captures for at in (place, place + 1))
        if rows := table.rows[first:last]:
            found.append((table.name, rows))
    return found


def _sqlite(tables: Sequence[Table]) -> Callable[[list[Writes]], None]:
    path = str(settings.DATA / "raw.sqlite3")
    with connection.cursor() as cursor:
        cursor.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'")
        shape = [sql for (sql,) in cursor.fetchall()]
    marks = {table.name: ", ".join("?" * len(table.columns)) for table in tables}

    def run(batches: list[Writes]) -> None:
        bare = sqlite3.connect(path, isolation_level=None)
        # FULL waits for the disk at every commit, as the limit should.
        bare.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;" + ";".join(shape))
        for batch in batches:
            bare.execute("BEGIN IMMEDIATE")
            for name, rows in batch:
                bare.executemany(f"INSERT INTO {name} VALUES ({marks[name]})", rows)
            bare.execute("COMMIT")
        bare.close()

    return run


def _postgresql(tables: Sequence[Table]) -> Callable[[list[Writes]], None]:
    database = settings.DATABASES["default"]
    where = {"host": database["HOST"], "port": database["PORT"], "user": database["USER"], "dbname": database["NAME"]}
    with psycopg.connect(**where) as bare:
        bare.execute("CREATE SCHEMA raw")
        for table in tables:
            bare.execute(f"CREATE TABLE raw.{table.name} (LIKE public.{table.name} INCLUDING ALL)".encode())
    marks = {table.name: ", ".join(["%s"] * len(table.columns)) for table in tables}

    def run(batches: list[Writes]) -> None:
        with psycopg.connect(**where, autocommit=True) as bare, bare.cursor() as cursor:
            for batch in batches:
                with bare.transaction():
                    for name, rows in batch:
                        statement = f"INSERT INTO raw.{name} VALUES ({marks[name]})".encode()
                        cursor.executemany(statement, [[_plain(value) for value in row] for row in rows])

    return run


def _plain(value: Any) -> Any:
    return psycopg.types.json.Jsonb(value) if isinstance(value, dict | list) else value
