"""Wakes the worker when a job may have been added: LISTEN on PostgreSQL, `data_version` on SQLite."""

import select
import socket
import sqlite3
import threading
import time
from contextlib import suppress
from typing import Any, Protocol

import psycopg
from django.db import connection

from polku.news.actions import CHANNEL

GLANCE = 0.02


class Alarm(Protocol):
    def wait(self, timeout: float) -> None:
        """Return when there may be work, when rung, or after the timeout."""

    def ring(self) -> None:
        """Wake the waiting thread; may be called from any thread and from a signal handler."""


def alarm_for(stopping: threading.Event) -> Alarm:
    return _Listening() if connection.vendor == "postgresql" else _Glancing(stopping)


class _Bell:
    """A pipe to oneself: unlike a threading.Event it may be rung inside a signal handler."""

    def __init__(self) -> None:
        self._inner, self._outer = socket.socketpair()
        for end in (self._inner, self._outer):
            end.settimeout(0)

    def fileno(self) -> int:
        return self._inner.fileno()

    def ring(self) -> None:
        with suppress(BlockingIOError):
            self._outer.send(b"!")

    def was_rung(self) -> bool:
        rung = False
        with suppress(BlockingIOError):
            while self._inner.recv(1024):
                rung = True
        return rung


class _Glancing(_Bell):
    """Reads SQLite's change counter: about 2 µs a glance, and any commit of another connection moves it."""

    def __init__(self, stopping: threading.Event) -> None:
        super().__init__()
        self._stopping = stopping
        self._reader = sqlite3.connect(connection.settings_dict["NAME"], check_same_thread=False)
        self._seen = self._version()

    def wait(self, timeout: float) -> None:
        ends = time.monotonic() + timeout
        while time.monotonic() < ends and not self._stopping.is_set():
            version = self._version()
            if version != self._seen or self.was_rung():
                self._seen = version
                return
            select.select([self.fileno()], [], [], GLANCE)

    def _version(self) -> int:
        return int(self._reader.execute("PRAGMA data_version").fetchone()[0])


class _Listening(_Bell):
    """Sleeps on the socket of a connection of its own, outside the pool, and on the bell."""

    def __init__(self) -> None:
        super().__init__()
        self._database = self._listen()

    def wait(self, timeout: float) -> None:
        try:
            if not list(self._database.notifies(timeout=0)):
                select.select([self._database.fileno(), self.fileno()], [], [], timeout)
                list(self._database.notifies(timeout=0))
        except psycopg.OperationalError:
            time.sleep(min(timeout, 1.0))
            self._database = self._listen()
        self.was_rung()

    def _listen(self) -> "psycopg.Connection[Any]":
        known: dict[str, Any] = connection.get_connection_params()
        for django_only in ("pool", "context", "cursor_factory", "prepare_threshold"):
            known.pop(django_only, None)
        listening = psycopg.connect(**known, autocommit=True)
        listening.execute(f"LISTEN {CHANNEL}")
        return listening
