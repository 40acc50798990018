"""Who reacts to which news: the table that web/wiring.py hands in once at start."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.module_loading import import_string

from polku.news.errors import NotAJob
from polku.news.events import Event

type Handler = Callable[[Any, datetime], object]


@dataclass(frozen=True, slots=True)
class Reactions:
    """`at_once` runs in the publisher's transaction, in order; each of `after_commit` is a job of its own."""

    at_once: tuple[Handler, ...] = ()
    after_commit: tuple[Handler, ...] = ()


_installed: dict[type[Event], Reactions] = {}


def install(table: Mapping[type[Event], Reactions]) -> None:
    """Replace the whole table; every handler after commit must be found again by its path."""
    for reactions in table.values():
        for handler in reactions.after_commit:
            _check_importable(handler)
    _installed.clear()
    _installed.update(table)


def to(kind: type[Event]) -> Reactions:
    return _installed.get(kind, Reactions())


def installed() -> dict[type[Event], Reactions]:
    return dict(_installed)


def path_of(handler: Callable[..., object]) -> str:
    return f"{handler.__module__}.{handler.__qualname__}"


def _check_importable(handler: Handler) -> None:
    path = path_of(handler)
    try:
        found = import_string(path)
    except ImportError as error:
        raise NotAJob(path) from error
    if found is not handler:
        raise NotAJob(path)
