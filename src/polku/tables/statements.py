"""INSERT, UPDATE and upsert of many model rows.

Django's own bulk_update builds a CASE per row and column, and bulk_create an expression per value: at 500 rows that is
most of the cost of an import. These do the same work with `executemany`; they run no model code, as those two run none.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.db.models import DateTimeField, DecimalField, Field, JSONField, Model
from django.db.models.base import ModelState

from polku.tables.cursors import steady
from polku.tables.reads import among, handed

_EMPTY: dict[type, str] = {list: "[]", tuple: "[]", dict: "{}"}
_other = DjangoJSONEncoder().default
_encoder = msgspec.json.Encoder(enc_hook=lambda value: str(value) if isinstance(value, str) else _other(value))


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
    if not rows:
        return
    model = type(rows[0])
    if len(rows) == 1 and rows[0].pk is None:
        _insert_one(rows[0])
    else:
        _number(model, [row for row in rows if row.pk is None])
        _execute(_insertion(model, connection.vendor, has_key=True), rows)
    for row in rows:
        row._state.adding = False


def _insert_one(row: Model) -> None:
    """The database gives the id: no question for the next one."""
    writing = _insertion(type(row), connection.vendor, has_key=False)
    with steady() as cursor:
        if cursor.db.vendor == "postgresql":
            cursor.execute(f"{writing.sql} RETURNING {_key(type(row))}", writing.values(row))
            row.pk = cursor.fetchone()[0]
        else:
            cursor.execute(writing.sql, writing.values(row))
            row.pk = cursor.lastrowid


def insert_once(row: Model, *, unique: str) -> bool:
    """Insert one row and give it its id, unless this unique value of it is there already: then False."""
    model = type(row)
    writing = _insertion(model, connection.vendor, has_key=False)
    taken: Any = model._meta.get_field(unique)
    with steady() as cursor:
        sql = f"{writing.sql} ON CONFLICT ({quoted(taken.column)}) DO NOTHING RETURNING {_key(model)}"
        cursor.execute(sql, writing.values(row))
        inserted = cursor.fetchone()
    if inserted:
        row.pk, row._state.adding = inserted[0], False
    return inserted is not None


def insert_or_meet(rows: Sequence[Model], *, unique: str) -> None:
    """Insert rows and give each its id; where another writer was first with a unique value, take that row's id.

    Either way the row is held until the transaction ends.
    """
    if not rows:
        return
    model, taken = type(rows[0]), quoted(unique)
    _number(model, rows)
    meet = f"ON CONFLICT ({taken}) DO UPDATE SET {taken} = excluded.{taken}"
    _execute(_insertion(model, connection.vendor, has_key=True, rest=meet), rows)
    with steady() as cursor:
        sql = f"SELECT {taken}, {_key(model)} FROM {_table(model)} WHERE {among(taken, connection.vendor)}"
        cursor.execute(sql, [handed([getattr(row, unique) for row in rows], connection.vendor)])
        ids = dict(cursor.fetchall())
    for row in rows:
        row.pk, row._state.adding = ids[getattr(row, unique)], False


def append(rows: Sequence[Model]) -> None:
    """Insert rows whose ids nobody asks for."""
    if rows:
        _execute(_insertion(type(rows[0]), connection.vendor, has_key=False), rows)
        for row in rows:
            row._state.adding = False


def update(rows: Sequence[Model], fields: Iterable[str]) -> None:
    """Write these fields of rows that exist."""
    if rows:
        _execute(_updating(type(rows[0]), connection.vendor, tuple(fields)), rows)


def upsert(rows: Sequence[Model]) -> None:
    """Insert rows whose primary key is given, or replace all other fields where it exists."""
    if rows:
        _execute(_upserting(type(rows[0]), connection.vendor), rows)


def stamp(model: type[Model], column: str, *, of: str, ids: Sequence[int], at: datetime) -> None:
    """Write the moment into the rows that belong to these ids and have none yet: what is in force ends then."""
    writing = _stamping(model, connection.vendor, column, of)
    moment = writing.columns[0][1](at)
    with steady() as cursor:
        cursor.execute(writing.sql, [moment, handed(ids, connection.vendor)])


class _Writing(msgspec.Struct, frozen=True):
    """A statement that writes, and for each of its marks an attribute of the row and what it is made for the driver.

    `many` is the same for any number of rows at once, handed over as JSON by the names of columns; SQLite has none.
    """

    sql: str
    columns: tuple[tuple[str, Callable[[Any], Any]], ...]
    many: str = ""
    names: tuple[tuple[str, str], ...] = ()

    def values(self, row: Model) -> list[Any]:
        given = row.__dict__
        return [adapt(given[name]) for name, adapt in self.columns]


def _execute(writing: _Writing, rows: Sequence[Model]) -> None:
    with steady() as cursor:
        if len(rows) == 1:
            cursor.execute(writing.sql, writing.values(rows[0]))
        elif writing.many:
            values = [row.__dict__ for row in rows]
            named = [{column: given[name] for name, column in writing.names} for given in values]
            cursor.execute(writing.many, [_encoder.encode(named).decode()])
        else:
            cursor.executemany(writing.sql, [writing.values(row) for row in rows])


@lru_cache(maxsize=256)
def _insertion(model: type[Model], vendor: str, *, has_key: bool, rest: str = "") -> _Writing:
    fields = [field for field in model._meta.concrete_fields if has_key or not field.primary_key]
    into = f"INSERT INTO {_table(model)} ({_names(fields)})"
    one, many = (
        f"{into} VALUES ({_marks(fields)}) {rest}",
        f"{into} SELECT {_names(fields)} FROM {_given(model)} {rest}",
    )
    return _writing(vendor, one, many, fields)


@lru_cache(maxsize=256)
def _upserting(model: type[Model], vendor: str) -> _Writing:
    columns = [quoted(str(field.column)) for field in model._meta.concrete_fields if not field.primary_key]
    sets = ", ".join(f"{column} = excluded.{column}" for column in columns)
    return _insertion(model, vendor, has_key=True, rest=f"ON CONFLICT ({_key(model)}) DO UPDATE SET {sets}")


@lru_cache(maxsize=256)
def _updating(model: type[Model], vendor: str, names: tuple[str, ...]) -> _Writing:
    written: list[Any] = [model._meta.get_field(name) for name in names]
    columns, table, key = [quoted(field.column) for field in written], _table(model), _key(model)
    one = f"UPDATE {table} SET {', '.join(f'{column} = %s' for column in columns)} WHERE {key} = %s"
    sets = ", ".join(f"{column} = given.{column}" for column in columns)
    many = f"UPDATE {table} SET {sets} FROM {_given(model)} WHERE {table}.{key} = given.{key}"
    return _writing(vendor, one, many, [*written, model._meta.pk])


def _given(model: type[Model]) -> str:
    return f"json_populate_recordset(NULL::{_table(model)}, %s::json) AS given"


def _writing(vendor: str, one: str, many: str, fields: Sequence[Any]) -> _Writing:
    names = tuple((str(field.attname), str(field.column)) for field in fields)
    return _Writing(one, _columns(vendor, fields), many if vendor == "postgresql" else "", names)


@lru_cache(maxsize=256)
def _stamping(model: type[Model], vendor: str, column: str, of: str) -> _Writing:
    written: Any = model._meta.get_field(column)
    owner: Any = model._meta.get_field(of)
    name = quoted(written.column)
    sql = f"UPDATE {_table(model)} SET {name} = %s WHERE {among(quoted(owner.column), vendor)} AND {name} IS NULL"
    return _Writing(sql, _columns(vendor, [written]))


def _columns(vendor: str, fields: Sequence[Any]) -> tuple[tuple[str, Callable[[Any], Any]], ...]:
    return tuple((field.attname, _adapter(vendor, field)) for field in fields)


def _number(model: type[Model], rows: Sequence[Model]) -> None:
    """Give new rows the next ids of their table."""
    for each, pk in zip(rows, reserve(model, len(rows)), strict=True):
        each.pk = pk


def reserve(model: type[Model], count: int) -> list[int]:
    """The next ids of a table: another writer cannot take them meanwhile."""
    if not count:
        return []
    table = model._meta.db_table
    with steady() as cursor:
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
    return _encoder.encode(value).decode() if value or type(value) not in _EMPTY else _EMPTY[type(value)]


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
