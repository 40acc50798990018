"""Wakes the worker when a job may have been added: LISTEN on PostgreSQL, `data_version` on SQLite."""

import select
import socket
import sqlite3
import threading
import time
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


class _Glancing:
    """Reads SQLite's change counter: about 2 µs a glance, and any commit of another connection moves it."""

    def __init__(self, stopping: threading.Event) -> None:
        self._stopping = stopping
        self._rung = False
        self._reader = sqlite3.connect(connection.settings_dict["NAME"], check_same_thread=False)
        self._seen = self._version()

    def wait(self, timeout: float) -> None:
        ends = time.monotonic() + timeout
        while time.monotonic() < ends and not self._stopping.is_set() and not self._rung:
            version = self._version()
            if version != self._seen:
                self._seen = version
                return
            time.sleep(GLANCE)
        self._rung = False

    def ring(self) -> None:
        self._rung = True

    def _version(self) -> int:
        return int(self._reader.execute("PRAGMA data_version").fetchone()[0])


class _Listening:
    """Sleeps on the socket of a connection of its own, outside the pool, and on a pipe that `ring` writes to."""

    def __init__(self) -> None:
        self._inner, self._outer = socket.socketpair()
        for end in (self._inner, self._outer):
            end.setblocking(False)
        self._database = self._listen()

    def wait(self, timeout: float) -> None:
        try:
            if not list(self._database.notifies(timeout=0)):
                select.select([self._database, self._inner], [], [], timeout)
                list(self._database.notifies(timeout=0))
        except psycopg.OperationalError:
            time.sleep(min(timeout, 1.0))
            self._database = self._listen()
        self._drain()

    def ring(self) -> None:
        try:
            self._outer.send(b"!")
        except BlockingIOError:
            return

    def _drain(self) -> None:
        try:
            while self._inner.recv(1024):
                pass
        except BlockingIOError:
            return

    def _listen(self) -> "psycopg.Connection[Any]":
        known: dict[str, Any] = connection.get_connection_params()
        for django_only in ("pool", "context", "cursor_factory", "prepare_threshold"):
            known.pop(django_only, None)
        listening = psycopg.connect(**known, autocommit=True)
        listening.execute(f"LISTEN {CHANNEL}")
        return listening
