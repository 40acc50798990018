"""Statements of the hottest way: rows as plain tuples, sets of values as one parameter, so that no text changes.

Moments and JSON are handed in as the driver takes them: see `moment`. No model code runs.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from django.db import connection
from django.db.models import Model

from polku.tables.cursors import steady
from polku.tables.statements import quoted, reserve

__all__ = ["among", "aware", "change", "chosen", "moment", "of_json", "pour", "reserve", "stamper"]

_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder(decimal_format="string").encode


def stamper() -> Callable[[datetime], Any]:
    """What makes a moment into what this database's driver takes; ask once, use it for a whole batch."""
    return _text if connection.vendor == "sqlite" else _itself


def moment(at: datetime) -> Any:
    """One moment as the driver takes it."""
    return stamper()(at)


def _text(at: datetime) -> str:
    """As Django writes it into SQLite."""
    return (at if at.tzinfo is UTC else at.astimezone(UTC)).isoformat(" ")[:-6]


def _itself(at: datetime) -> datetime:
    return at


def aware(at: datetime) -> datetime:
    """A moment that a plain cursor gave back."""
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def json_text(value: object) -> str:
    """A value as the text of a JSON column."""
    return _encode(value).decode()


def of_json(value: Any) -> Any:
    """What a JSON column holds, as a plain cursor gave it: text on SQLite."""
    return _decode(value) if isinstance(value, str) else value


def among(values: Iterable[Any]) -> Any:
    """The parameter for `{among}` in a statement given to `chosen`."""
    return json_text(list(values)) if connection.vendor == "sqlite" else list(values)


def chosen(sql: str, parameters: Sequence[Any], *, locking: str = "") -> list[tuple[Any, ...]]:
    """The rows of a SELECT in which `{among}` stands for membership; `locking` is the alias whose rows are held."""
    if connection.vendor == "sqlite":
        text = sql.format(among="IN (SELECT value FROM json_each(%s))")
    else:
        text = sql.format(among="= ANY(%s)") + (f" FOR NO KEY UPDATE OF {locking}" if locking else "")
    with steady() as cursor:
        cursor.execute(text, parameters)
        return list(cursor.fetchall())


def pour(model: type[Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert many rows: COPY on PostgreSQL, one prepared statement elsewhere."""
    if not rows:
        return
    table, names = quoted(model._meta.db_table), ", ".join(map(quoted, columns))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)


def change(sql: str, rows: Sequence[Sequence[Any]]) -> None:
    """Run one statement for each row of parameters."""
    if rows:
        with steady() as cursor:
            cursor.executemany(sql, rows)
