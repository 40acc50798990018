"""The promised time to first response, counted in the rep's working hours."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import msgspec

from polku.rules.calendars import Calendar, due_at, working_between


class Clock(msgspec.Struct, frozen=True):
    """A running promise: when to warn (None when nobody asked for it) and when it is broken. All in UTC."""

    started_at: datetime
    warn_at: datetime | None
    due_at: datetime


def promise[Rule](rules: Iterable[Rule], *, holds: Callable[[Rule], bool]) -> Rule | None:
    """The first rule that holds for the lead; None when nothing is promised."""
    return next((rule for rule in rules if holds(rule)), None)


def clock(start: datetime, *, respond_within: timedelta, warn_at: timedelta | None, calendar: Calendar) -> Clock:
    """The clock that starts now. `warn_at` is working time since the start, as the playbook writes it."""
    return Clock(
        started_at=start,
        warn_at=None if warn_at is None else due_at(start, min(warn_at, respond_within), calendar),
        due_at=due_at(start, respond_within, calendar),
    )


def left(now: datetime, due: datetime, calendar: Calendar) -> timedelta:
    """The working time until it is due; negative is the working time since."""
    if now <= due:
        return working_between(now, due, calendar)
    return -working_between(due, now, calendar)
