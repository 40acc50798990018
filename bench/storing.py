"""The limit of the collector: the same requests, committed in groups as ours, but only stored.

A raw ASGI application behind the same server: it reads the body into the same structs, one thread commits what has
queued while its last commit ran, and only then is answered. SQLite waits for the disk at each commit, as ours does.
"""

import asyncio
import os
import sqlite3
from collections.abc import Sequence
from threading import Condition, Thread
from typing import Any

import psycopg

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "polku.web.settings")

from polku.tracking import wire
from polku.web.configuration import data_folder

TABLE = (
    "CREATE TABLE IF NOT EXISTS bench_stored "
    "(id text PRIMARY KEY, visitor text, kind text, at bigint, url text, details text)"
)
type Row = tuple[Any, ...]
type Ticket = tuple[list[Row], asyncio.Future[None], asyncio.AbstractEventLoop]


class Store:
    """The one writer."""

    def __init__(self) -> None:
        self._condition = Condition()
        self._waiting: list[Ticket] = []
        Thread(target=self._run, daemon=True).start()

    async def keep(self, rows: list[Row]) -> None:
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        with self._condition:
            self._waiting.append((rows, done, loop))
            self._condition.notify()
        await done

    def _run(self) -> None:
        write = _postgresql() if os.environ.get("DATABASE_URL") else _sqlite()
        while True:
            with self._condition:
                while not self._waiting:
                    self._condition.wait()
                taken, self._waiting = self._waiting, []
            write([row for rows, _, _ in taken for row in rows])
            loop = taken[0][2]
            loop.call_soon_threadsafe(_resolve, [done for _, done, _ in taken])


def _resolve(waiting: Sequence[asyncio.Future[None]]) -> None:
    for done in waiting:
        if not done.done():
            done.set_result(None)


def _sqlite() -> Any:
    base = sqlite3.connect(data_folder() / "storing.sqlite3", isolation_level=None)
    base.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-64000; {TABLE}")

    def write(rows: list[Row]) -> None:
        base.execute("BEGIN IMMEDIATE")
        base.executemany("INSERT OR IGNORE INTO bench_stored VALUES (?, ?, ?, ?, ?, ?)", rows)
        base.execute("COMMIT")

    return write


def _postgresql() -> Any:
    base = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
    base.execute(TABLE)
    base.execute("CREATE TEMP TABLE arrived (LIKE bench_stored)")

    def write(rows: list[Row]) -> None:
        with base.transaction(), base.cursor() as cursor:
            with cursor.copy("COPY arrived FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            cursor.execute("INSERT INTO bench_stored SELECT * FROM arrived ON CONFLICT DO NOTHING")
            cursor.execute("TRUNCATE arrived")

    return write


_store: list[Store] = []


async def application(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    status = 200
    if scope["method"] == "POST":
        status = 204
        body = b""
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        if not _store:
            _store.append(Store())
        posted = wire.read(body)
        await _store[0].keep([
            (event.id, posted.visitor, event.kind, int(event.age), event.url, "{}") for event in posted.events
        ])  # fmt: skip
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})
