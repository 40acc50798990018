"""Recurring jobs: the table that web/wiring.py hands in, and when each is next due."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.tasks import Task


@dataclass(frozen=True, slots=True)
class Every:
    """At a steady distance, on the grid counted from 1970: all workers agree, restarts do not shift it."""

    interval: timedelta

    def next_after(self, now: datetime) -> datetime:
        epoch = datetime(1970, 1, 1, tzinfo=UTC)
        return epoch + ((now - epoch) // self.interval + 1) * self.interval


@dataclass(frozen=True, slots=True)
class Daily:
    """Once a day at a local time; a time that the clock skips in spring falls an hour later."""

    at: time
    zone: str = "UTC"

    def next_after(self, now: datetime) -> datetime:
        day = now.astimezone(ZoneInfo(self.zone)).date()
        candidates = (self._on(day.toordinal() + offset) for offset in range(3))
        return next(candidate for candidate in candidates if candidate > now)

    def _on(self, ordinal: int) -> datetime:
        local = datetime.combine(datetime.fromordinal(ordinal), self.at, tzinfo=ZoneInfo(self.zone))
        return local.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Recurring:
    """The job is not enqueued again while its last run is still waiting or running."""

    task: "Task[..., Any]"
    schedule: Every | Daily


_installed: dict[str, Recurring] = {}


def install(table: Mapping[str, Recurring]) -> None:
    _installed.clear()
    _installed.update(table)


def installed() -> dict[str, Recurring]:
    return dict(_installed)
