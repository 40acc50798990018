"""The collector's one writer: a thread that commits what has queued, and answers once it is on disk."""

import asyncio
import logging
import time
from collections.abc import Sequence
from threading import Condition, Thread
from typing import Any, Final

from django.db import DatabaseError, OperationalError, connection
from django.utils import timezone

from polku.tracking import refusals
from polku.tracking.arrivals import Arrival
from polku.tracking.refusals import Counter, Refused, Why
from polku.web import collecting

log = logging.getLogger("polku.collector")

MOST_WAITING: Final = 20_000  # events; beyond it the answer is 503
MOST_AT_ONCE: Final = 2_000
TRIES: Final = 4
FLUSH: Final = 1.0

type Ticket = tuple[Arrival, asyncio.Future[None], asyncio.AbstractEventLoop]


class Writer:
    """Its thread starts with the first event and ends with `close`, when all that waits is written."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._condition = Condition()
        self._waiting: list[Ticket] = []
        self._events = 0
        self._is_closing = False
        self._thread: Thread | None = None
        self._flushed_at = 0.0
        self._prepared: Any = None

    @property
    def is_full(self) -> bool:
        return self._events >= MOST_WAITING

    async def store(self, arrival: Arrival) -> None:
        """Returns when the arrival is durable. Raises Refused when it cannot be stored now."""
        if not (arrival.hits or arrival.claims):
            return
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        with self._condition:
            self._waiting.append((arrival, done, loop))
            self._events += len(arrival.hits)
            self._start()
            self._condition.notify()
        await done

    def flush_soon(self) -> None:
        """See to it that counts reach the table although nothing is stored."""
        with self._condition:
            self._start()

    def close(self) -> None:
        with self._condition:
            self._is_closing = True
            self._condition.notify()
        if self._thread:
            self._thread.join(10)

    def _start(self) -> None:
        if self._thread is None and not self._is_closing:
            self._thread = Thread(target=self._run, name="collector", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while tickets := self._next():
            if tickets[0] is not None:
                self._write([ticket for ticket in tickets if ticket is not None])
            self._flush()
        self._flush(now=True)
        connection.close()

    def _next(self) -> Sequence[Ticket | None]:
        """What waits, at most MOST_AT_ONCE events; [None] when nothing came for a while; nothing at the end."""
        with self._condition:
            if not self._waiting and not self._is_closing:
                self._condition.wait(FLUSH)
            if not self._waiting:
                return [] if self._is_closing else [None]
            events, number = 0, 0
            for number, (arrival, _, _) in enumerate(self._waiting, start=1):  # noqa: B007  used after the loop
                events += len(arrival.hits)
                if events >= MOST_AT_ONCE:
                    break
            taken, self._waiting = self._waiting[:number], self._waiting[number:]
            self._events -= events
            return taken

    def _write(self, tickets: Sequence[Ticket]) -> None:
        """Store a group. What cannot be stored with others is stored alone, so that nobody pays for another's fault."""
        try:
            self._store([arrival for arrival, _, _ in tickets])
        except DatabaseError as error:
            if len(tickets) > 1 and not isinstance(error, OperationalError):
                for ticket in tickets:
                    self._write([ticket])
                return
            log.exception("%d requests could not be stored", len(tickets))
            _answer(tickets, Refused(Why.BUSY))
        except Exception as error:
            log.exception("%d requests could not be stored", len(tickets))
            if len(tickets) > 1:
                for ticket in tickets:
                    self._write([ticket])
            else:
                _answer(tickets, Refused(Why.MALFORMED, type(error).__name__))
        else:
            _answer(tickets, None)

    def _store(self, arrivals: Sequence[Arrival]) -> None:
        for attempt in range(1, TRIES + 1):
            try:
                self._prepare()
                collecting.store(arrivals, now=timezone.now())
            except OperationalError:
                # Another writer held a row or the file for too long, or the connection is gone: once more.
                if attempt == TRIES:
                    raise
                connection.close_if_unusable_or_obsolete()
                time.sleep(0.05 * attempt)
            else:
                return

    def _prepare(self) -> None:
        """On SQLite this connection waits for the disk at each commit: what is answered survives a power cut."""
        connection.ensure_connection()
        if connection.vendor == "sqlite" and connection.connection is not self._prepared:
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA synchronous=FULL")
            self._prepared = connection.connection

    def _flush(self, *, now: bool = False) -> None:
        if self._counter.is_empty or (not now and time.monotonic() - self._flushed_at < FLUSH):
            return
        self._flushed_at = time.monotonic()
        try:
            refusals.flush(self._counter)
        except DatabaseError:
            log.exception("the counts of refusals could not be written")
            connection.close_if_unusable_or_obsolete()


def _answer(tickets: Sequence[Ticket], problem: Refused | None) -> None:
    """One call into each loop for all that wait there."""
    by_loop: dict[asyncio.AbstractEventLoop, list[asyncio.Future[None]]] = {}
    for _, done, loop in tickets:
        by_loop.setdefault(loop, []).append(done)
    for loop, waiting in by_loop.items():
        loop.call_soon_threadsafe(_resolve, waiting, problem)


def _resolve(waiting: Sequence[asyncio.Future[None]], problem: Refused | None) -> None:
    for done in waiting:
        if done.done():
            continue
        if problem is None:
            done.set_result(None)
        else:
            done.set_exception(problem)
