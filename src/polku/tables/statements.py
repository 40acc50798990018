"""INSERT, UPDATE and upsert of many model rows.

Django's own bulk_update builds a CASE per row and column, and bulk_create an expression per value: at 500 rows that is
most of the cost of an import. These do the same work with `executemany`; they run no model code, as those two run none.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.db.models import DateTimeField, DecimalField, Field, JSONField, Model
from django.db.models.base import ModelState

_EMPTY: dict[type, str] = {list: "[]", tuple: "[]", dict: "{}"}
_encode = DjangoJSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def fresh[M: Model](model: type[M], **values: Any) -> M:
    """A new row that is only to be written: made several times faster than by its model, without its code.

    Values go by the names of attributes in the row (`lead_id`, not `lead`); the others take their defaults.
    """
    plain, made = _defaults(model)
    assert values.keys() <= plain.keys() | made.keys(), values.keys() - plain.keys()
    row = model.__new__(model)
    row.__dict__.update(plain, **{name: make() for name, make in made.items()}, _state=ModelState())
    row.__dict__.update(values)
    return row


@lru_cache(maxsize=128)
def _defaults(model: type[Model]) -> tuple[dict[str, Any], dict[str, Callable[[], Any]]]:
    """The defaults that every row can share, and those that each must make for itself."""
    fields: list[Any] = list(model._meta.concrete_fields)
    made = {field.attname: field.default for field in fields if callable(field.default) and field.has_default()}
    return {field.attname: field.get_default() for field in fields if field.attname not in made}, made


def insert(rows: Sequence[Model]) -> None:
    """Insert rows of one model and give each its id."""
    if rows:
        _number(type(rows[0]), [row for row in rows if row.pk is None])
        _insert(rows, type(rows[0])._meta.concrete_fields)


def append(rows: Sequence[Model]) -> None:
    """Insert rows whose ids nobody asks for."""
    if rows:
        _insert(rows, [field for field in type(rows[0])._meta.concrete_fields if not field.primary_key])


def _insert(rows: Sequence[Model], fields: Sequence[Any]) -> None:
    model = type(rows[0])
    _execute(f"INSERT INTO {_table(model)} ({_names(fields)}) VALUES ({_marks(fields)})", rows, fields)
    for row in rows:
        row._state.adding = False


def update(rows: Sequence[Model], fields: Iterable[str]) -> None:
    """Write these fields of rows that exist."""
    if not rows:
        return
    meta = type(rows[0])._meta
    written: list[Any] = [meta.get_field(name) for name in fields]
    sets = ", ".join(f"{quoted(field.column)} = %s" for field in written)
    sql = f"UPDATE {_table(type(rows[0]))} SET {sets} WHERE {_key(type(rows[0]))} = %s"
    _execute(sql, rows, [*written, meta.pk])


def stamp(model: type[Model], column: str, *, of: str, ids: Sequence[int], at: datetime) -> None:
    """Write the moment into the rows that belong to these ids and have none yet: what is in force ends then."""
    written: Any = model._meta.get_field(column)
    owner: Any = model._meta.get_field(of)
    name = quoted(written.column)
    sql = f"UPDATE {_table(model)} SET {name} = %s WHERE {quoted(owner.column)} = %s AND {name} IS NULL"
    moment = _adapter(connection.vendor, written)(at)
    with connection.cursor() as cursor:
        cursor.executemany(sql, [(moment, one) for one in ids])


def upsert(rows: Sequence[Model]) -> None:
    """Insert rows whose primary key is given, or replace all other fields where it exists."""
    if not rows:
        return
    meta = type(rows[0])._meta
    fields = meta.concrete_fields
    columns = [quoted(str(field.column)) for field in fields if not field.primary_key]
    sets = ", ".join(f"{column} = excluded.{column}" for column in columns)
    insertion = f"INSERT INTO {_table(type(rows[0]))} ({_names(fields)}) VALUES ({_marks(fields)})"
    _execute(f"{insertion} ON CONFLICT ({_key(type(rows[0]))}) DO UPDATE SET {sets}", rows, fields)


def _execute(sql: str, rows: Sequence[Model], fields: Sequence[Any]) -> None:
    adapters = [(field.attname, _adapter(connection.vendor, field)) for field in fields]
    values = [[adapt(getattr(row, name)) for name, adapt in adapters] for row in rows]
    with connection.cursor() as cursor:
        cursor.executemany(sql, values)


def _number(model: type[Model], rows: Sequence[Model]) -> None:
    """Give new rows the next ids of their table."""
    for each, pk in zip(rows, reserve(model, len(rows)), strict=True):
        each.pk = pk


def reserve(model: type[Model], count: int) -> list[int]:
    """The next ids of a table: another writer cannot take them meanwhile."""
    if not count:
        return []
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sequence = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
            cursor.execute(sequence, [table, count])
            return [pk for (pk,) in cursor.fetchall()]
        # Every write transaction is IMMEDIATE, so there is one writer; AUTOINCREMENT keeps the highest id used.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        row = cursor.fetchone()
        first = (row[0] if row else 0) + 1
        return list(range(first, first + count))


@lru_cache(maxsize=1024)
def _adapter(vendor: str, field: "Field[Any, Any]") -> Callable[[Any], Any]:
    """What a value of a field becomes before it is handed to the driver."""
    if isinstance(field, JSONField):
        return _json
    if vendor == "sqlite" and isinstance(field, DateTimeField):
        # A batch has few moments and many columns for them.
        return lru_cache(maxsize=4096)(connection.ops.adapt_datetimefield_value)
    if vendor == "sqlite" and isinstance(field, DecimalField):
        digits, places = field.max_digits, field.decimal_places
        return lambda value: connection.ops.adapt_decimalfield_value(field.to_python(value), digits, places)
    return lambda value: value


def _json(value: Any) -> str | None:
    if value is None:
        return None
    return _encode(value) if value or type(value) not in _EMPTY else _EMPTY[type(value)]


def _table(model: type[Model]) -> str:
    return quoted(model._meta.db_table)


def _key(model: type[Model]) -> str:
    assert model._meta.pk is not None
    return quoted(str(model._meta.pk.column))


def _names(fields: Sequence[Any]) -> str:
    return ", ".join(quoted(str(field.column)) for field in fields)


def _marks(fields: Sequence[Any]) -> str:
    return ", ".join(["%s"] * len(fields))


def quoted(name: str) -> str:
    return connection.ops.quote_name(name)
