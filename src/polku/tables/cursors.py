"""Cursors for statements whose text never changes: PostgreSQL reads and plans each once for a connection."""

from typing import Any

from django.db import connection


def steady() -> Any:
    """A cursor for a statement that comes again and again with other values."""
    if connection.vendor != "postgresql":
        return connection.cursor()
    from django.db.backends.postgresql.base import ServerBindingCursor  # noqa: PLC0415  only where there is one

    connection.ensure_connection()
    binding: Any = ServerBindingCursor
    cursor = binding(connection.connection)
    return connection.make_debug_cursor(cursor) if connection.queries_logged else connection.make_cursor(cursor)
