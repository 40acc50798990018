"""Brings what was committed from SQLite's log into the database file, beside those who write and not in their way.

SQLite does this within every tenth commit or so, and waits for the disk with the writer's lock in hand. A worker does
it instead: its waiting holds up nobody. Only a log that writers kept too busy to be finished is finished in line.
"""

from contextlib import nullcontext
from typing import Final

from django.db import connection

TOO_LONG: Final = 40_000  # pages of four kilobytes


def carry_over() -> None:
    """Copy the log as far as it goes; when it has grown too long, the rest while writers wait, so that it ends."""
    if _copy() > TOO_LONG:
        _copy()
        with getattr(connection, "line", nullcontext()), connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")


def _copy() -> int:
    """Answers how many pages are in the log."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")
        _, pages, _ = cursor.fetchone()
        return int(pages)
