"""Django's SQLite, with the writers of one process standing in line.

SQLite lets one writer in and has the others look again after sleeps that grow to a tenth of a second: of four threads
that write all the time, one may look twenty times in vain. Here a transaction first takes the process's own lock, whose
waiters wake as soon as it is free; between processes SQLite's way stays as it is.
"""

from threading import Lock
from typing import Any

from django.db import OperationalError
from django.db.backends.sqlite3 import base

LONGEST_WAIT = 20.0
_line = Lock()


class DatabaseWrapper(base.DatabaseWrapper):
    """Holds the line from BEGIN to COMMIT, ROLLBACK or the end of the connection."""

    _is_first = False

    def _start_transaction_under_autocommit(self) -> None:
        if not self._is_first and not _line.acquire(timeout=LONGEST_WAIT):
            raise OperationalError("database is locked")
        self._is_first = True
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._leave()
            raise

    def _commit(self) -> Any:
        done = super()._commit()  # type: ignore[misc]  # the stubs leave it out
        self._leave()  # after a commit that failed, the rollback leaves
        return done

    def _rollback(self) -> Any:
        try:
            return super()._rollback()  # type: ignore[misc]
        finally:
            self._leave()

    def _close(self) -> Any:
        try:
            return super()._close()  # type: ignore[misc]
        finally:
            self._leave()

    def _leave(self) -> None:
        if self._is_first:
            self._is_first = False
            _line.release()
