"""The line of those who write to one SQLite file: threads by a lock of the process, processes by a lock of the system.

The system's lock is held on a small file beside the database. Whoever waits sleeps until it is free, and a process that
dies leaves it. Where it cannot be had (another system, a folder that may not be written), threads still stand in line,
and between processes SQLite's own way stays.
"""

import os
from functools import lru_cache
from threading import Lock

from django.db import OperationalError

try:
    import fcntl
except ImportError:  # not on Windows
    fcntl = None  # type: ignore[assignment]

LONGEST_WAIT = 20.0


class Line:
    """One line for one database file; not to be entered twice by the same thread."""

    def __init__(self, database: str) -> None:
        self._threads = Lock()
        self._path = "" if fcntl is None or "memory" in database else f"{database}-line"
        self._file: int | None = None

    def __enter__(self) -> None:
        """Wait until it is one's turn. Raises OperationalError as SQLite does, when that takes too long."""
        if not self._threads.acquire(timeout=LONGEST_WAIT):
            raise OperationalError("database is locked")
        if (file := self._opened()) is not None:
            fcntl.flock(file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            fcntl.flock(self._file, fcntl.LOCK_UN)
        self._threads.release()

    def _opened(self) -> int | None:
        if self._file is None and self._path:
            try:
                self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            except OSError:
                self._path = ""
        return self._file


@lru_cache(maxsize=32)
def line_of(database: str) -> Line:
    """The line that all connections of this process to a database share."""
    return Line(database)


if hasattr(os, "register_at_fork"):
    # A child has its own place in the line: an open file that it inherits would be its parent's.
    os.register_at_fork(after_in_child=line_of.cache_clear)
