"""Django's SQLite, with all that write standing in line: the threads of a process, and the processes.

SQLite lets one writer in and has the others look again after sleeps that grow to a tenth of a second: of four that
write all the time, one may look twenty times in vain. Here whoever writes first takes its place in the line, whose
waiters wake as soon as it is free.
"""

from functools import lru_cache
from typing import Any

from django.db.backends.sqlite3 import base

from polku.tables.sqlite.line import Line, line_of

_READS = ("SELECT", "EXPLAIN", "PRAGMA", "BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT", "ATTACH", "VACUUM")


class Cursor(base.SQLiteCursorWrapper):
    """Has a statement outside of a transaction stand in line too: it is a transaction of its own."""

    line: Line

    def execute(self, query: str, params: Any = None) -> Any:
        if self._only_reads(query):
            return super().execute(query, params)
        with self.line:
            return super().execute(query, params)

    def executemany(self, query: str, param_list: Any) -> Any:
        if self._only_reads(query):
            return super().executemany(query, param_list)
        with self.line:
            return super().executemany(query, param_list)

    def convert_query(self, query: str, *, param_names: Any = None) -> str:
        """Most statements come again and again: their marks are made SQLite's once."""
        return (
            _with_own_marks(query)
            if param_names is None
            else str(super().convert_query(query, param_names=param_names))
        )

    def _only_reads(self, query: str) -> bool:
        """Or belongs to a transaction, which stands in line itself."""
        return self.connection.in_transaction or query[:12].lstrip().upper().startswith(_READS)


@lru_cache(maxsize=1024)
def _with_own_marks(query: str) -> str:
    return str(base.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%"))


class DatabaseWrapper(base.DatabaseWrapper):
    """Holds the line from BEGIN to COMMIT, ROLLBACK or the end of the connection."""

    _is_first = False

    @property
    def line(self) -> Line:
        return line_of(str(self.settings_dict["NAME"]))

    def create_cursor(self, name: str | None = None) -> Any:
        cursor = self.connection.cursor(factory=Cursor)
        cursor.line = self.line
        return cursor

    def _start_transaction_under_autocommit(self) -> None:
        if not self._is_first:
            self.line.__enter__()
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
            self.line.__exit__()
