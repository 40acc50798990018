"""Multiplies a base that came in by the real ways until it has a million leads: one INSERT … SELECT for each table."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import AutoField, Field, Model

from polku.accounts.models import Role, User

ROOMS = ("crm", "tracking", "scoring", "qualification", "routing")
LEFT_OUT = frozenset({
    "Turn", "SavedView", "Site", "Refusal", "BotHits", "Sighting", "DailySalt",
})  # fmt: skip
JITTERED = frozenset({"heat", "priority"})
ONE_IN = {"Signal": 12, "Facts": 6, "Touch": 4}  # of what tells the past of a lead, copies carry a part


def multiply(times: int) -> int:
    """Add `times - 1` copies of every lead with all that belongs to it; answers how many rows were added.

    A base that has grown has more reps: each copy belongs to one of its own, so that whoever looks has as much work
    of their own as before, among far more of others.
    """
    models = [model for room in ROOMS for model in apps.get_app_config(room).get_models()]
    models = [model for model in models if model.__name__ not in LEFT_OUT]
    strides = {model: _highest(model) for model in models}
    strides[User] = _hire(times) - 1
    added = 0
    with connection.cursor() as cursor, _without_indexes(cursor):
        for model in models:
            cursor.execute(_statement(model, strides, times))
            added += max(cursor.rowcount, 0)
            _renumber(cursor, model)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE")
    return added


@contextmanager
def _without_indexes(cursor: Any) -> Iterator[None]:
    """Indexes are built once at the end, which sorts, instead of row by row, which searches."""
    if connection.vendor == "sqlite":
        cursor.execute("PRAGMA foreign_keys=OFF")
        cursor.execute("PRAGMA synchronous=OFF")
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
    else:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexname NOT IN "
            "(SELECT conname FROM pg_constraint) AND indexdef NOT LIKE '%UNIQUE%'"
        )
    indexes = cursor.fetchall()
    for name, _ in indexes:
        cursor.execute(f'DROP INDEX "{name}"')
    yield
    for _, statement in indexes:
        cursor.execute(statement)


def _hire(times: int) -> int:
    """One rep for each copy; answers the id of the first."""
    like = User.objects.filter(role=Role.REP).order_by("pk").first()
    assert like
    first = _highest(User) + 1
    names = [(first + number, f"Rep {number}") for number in range(times)]
    User.objects.bulk_create(
        [
            User(pk=pk, email=f"rep{pk}@polku.example", name=name, role=Role.REP, created_at=like.created_at)
            for pk, name in names
        ]
    )
    return first


def _highest(model: type[Model]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(max({_key(model)}), 0) FROM {model._meta.db_table}")
        return int(cursor.fetchone()[0])


def _key(model: type[Model]) -> str:
    assert model._meta.pk is not None
    return str(model._meta.pk.column)


def _statement(model: type[Model], strides: dict[Any, int], times: int) -> str:
    table = model._meta.db_table
    columns, values = zip(*_columns(model, strides), strict=True)
    names = ", ".join(f'"{column}"' for column in columns)
    copies = (
        f"WITH RECURSIVE copies(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM copies WHERE k < {times - 1})"
        if times > 2
        else "WITH copies(k) AS (SELECT 1)"
    )
    part = f"WHERE t.{_key(model)} % {ONE_IN[model.__name__]} = 0" if model.__name__ in ONE_IN else ""
    return (
        f"INSERT INTO {table} ({names}) {copies} "
        f"SELECT {', '.join(values)} FROM copies CROSS JOIN {table} AS t {part} ORDER BY k, t.{_key(model)}"
    )


def _columns(model: type[Model], strides: dict[Any, int]) -> Iterator[tuple[str, str]]:
    """Each column with what the k-th copy of a row has in it."""
    once = _unique_texts(model)
    for field in model._meta.concrete_fields:
        column = f't."{field.column}"'
        owner: Any = field.related_model or (model if isinstance(field, AutoField) else None)
        if owner is User:
            value = f"{column} * 0 + k + {strides[User]}"
        elif owner in strides:
            value = f"{column} + k * {strides[owner]}"
        elif field.name in once:
            value = f"'k' || k || '-' || {column}"
        elif field.name in JITTERED:
            value = (
                f"round(cast({column} * (0.5 + ((t.{_key(model)} * 7919 + k * 104729) % 1000) / 1000.0) as numeric), 2)"
            )
        else:
            value = column
        yield str(field.column), value


def _unique_texts(model: type[Model]) -> set[str]:
    alone = {field.name for field in model._meta.concrete_fields if _is_text(field) and field.unique}
    together = {name for constraint in model._meta.constraints for name in getattr(constraint, "fields", ())}
    texts = {name for name in together if name in {"key", "token"} and _is_text(model._meta.get_field(name))}
    return alone | texts


def _is_text(field: Any) -> bool:
    return isinstance(field, Field) and field.get_internal_type() == "CharField"


def _renumber(cursor: Any, model: type[Model]) -> None:
    """New rows get numbers after the copies."""
    if connection.vendor == "postgresql" and isinstance(model._meta.pk, AutoField):
        table = model._meta.db_table
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence(%s, 'id'), (SELECT coalesce(max(id), 1) FROM {table}))", [table]
        )


def counts(names: Sequence[str]) -> dict[str, int]:
    """How many rows these models have."""
    return {name: apps.get_model(name)._default_manager.count() for name in names}
