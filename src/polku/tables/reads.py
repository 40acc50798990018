"""Reads of a fixed shape: written as a query of Django's, compiled once, afterwards only values go to the driver.

Building and compiling a small query costs ten times as much as running it. Reads on the way of a lead are few, never
change their shape, and are asked for every capture.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import msgspec
from django.db import connection
from django.db.models import Field, Lookup, Model, QuerySet, Value
from django.db.models.base import ModelState
from django.db.models.fields.related import ForeignObject
from django.db.models.query import FlatValuesListIterable, ModelIterable

from polku.tables.cursors import steady

type Converters = list[tuple[int, list[Callable[[Any], Any]]]]
type Make = Callable[[Sequence[Any]], Any]


class _Slot(Value):
    """Stands where a value of the call goes; it reaches the statement's parameters as it is."""

    def __init__(self, place: int) -> None:
        super().__init__(place)
        self.place = place

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return "%s", (self,)


@Field.register_lookup
@ForeignObject.register_lookup
class Among(Lookup[Any]):
    """A column has one of many values, in a statement whose text does not grow with them."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        column, given = self.process_lhs(compiler, connection)
        return among(column, connection.vendor), [*given, self.rhs]


def among(column: str, vendor: str) -> str:
    """The condition that a column has one of the values of one mark."""
    return f"{column} = ANY(%s)" if vendor == "postgresql" else f"{column} IN (SELECT value FROM json_each(%s))"


class _Plan(msgspec.Struct, frozen=True):
    """A compiled query for one kind of database."""

    sql: str
    given: tuple[Any, ...]
    converters: Converters
    make: Make


class Read[R]:
    """A query whose values come with each call: `Read(lambda ids: Lead.objects.filter(pk__among=ids))`.

    The function is called once for each kind of database, with a mark for each of its parameters. Rows come as the
    query says: as tuples, as single values, or as objects of its model.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, R]]) -> None:
        self._build = build
        self._plans: dict[str, _Plan] = {}

    def __call__(self, *values: Any) -> list[R]:
        with steady() as cursor:
            vendor = cursor.db.vendor
            plan = self._plans.get(vendor) or self._prepare(len(values))
            given = [handed(values[one.place], vendor) if isinstance(one, _Slot) else one for one in plan.given]
            cursor.execute(plan.sql, given)
            rows = cursor.fetchall()
        return [plan.make(row) for row in (_converted(rows, plan.converters) if plan.converters else rows)]

    def first(self, *values: Any) -> R | None:
        """The first row, or None."""
        return next(iter(self(*values)), None)

    def _prepare(self, count: int) -> _Plan:
        query = self._build(*(_Slot(place) for place in range(count)))
        compiler = query.query.get_compiler(connection=connection)
        sql, given = compiler.as_sql()
        plan = _Plan(sql, tuple(given), _converters(compiler), _make(query, compiler))
        self._plans[connection.vendor] = plan
        return plan


def handed(value: Any, vendor: str) -> Any:
    """What a value of a call becomes for the driver: many ids are a list for PostgreSQL, JSON for SQLite."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, list | tuple | set | frozenset | dict):
        many = list(value)
        return msgspec.json.encode(many).decode() if vendor == "sqlite" else many
    return value


def _converters(compiler: Any) -> Converters:
    """By place in the row, what turns a value of the driver into one of Python."""
    found = compiler.get_converters(expression for expression, _, _ in compiler.select)
    return [
        (place, [partial(_convert, each, expression) for each in converters])
        for place, (converters, expression) in found.items()
    ]


def _convert(converter: Callable[[Any, Any, Any], Any], expression: Any, value: Any) -> Any:
    return converter(value, expression, connection)


def _converted(rows: Iterable[Sequence[Any]], converters: Converters) -> Iterator[list[Any]]:
    for row in rows:
        values = list(row)
        for place, chain_of in converters:
            value = values[place]
            if value is not None:
                for convert in chain_of:
                    value = convert(value)
                values[place] = value
        yield values


def _make(query: QuerySet[Any, Any], compiler: Any) -> Make:
    """How a row becomes what the query promises."""
    if issubclass(query._iterable_class, ModelIterable):
        assert not query.query.select_related, "objects come without those they belong to: read these by themselves"
        names = [expression.target.attname for expression, _, _ in compiler.select]
        return partial(_object, query.model, names)
    return _only if issubclass(query._iterable_class, FlatValuesListIterable) else tuple


def _only(row: Sequence[Any]) -> Any:
    return row[0]


def _object(model: type[Model], names: Sequence[str], row: Sequence[Any]) -> Model:
    """A row as an object of its model, made without the model's code."""
    made = model.__new__(model)
    made.__dict__.update(zip(names, row, strict=True), _state=_state())
    return made


def _state() -> ModelState:
    state = ModelState()
    state.adding, state.db = False, "default"
    return state
