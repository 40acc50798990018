"""Builds the working calendars of users from their week, their zone, public holidays and absences."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

import holidays
import msgspec
from django.db.models import TextField
from django.db.models.functions import Cast

from polku import tables
from polku.accounts.inputs import WEEKDAYS
from polku.accounts.models import Absence, User, WorkingHours
from polku.rules.calendars import Calendar, Hours, Span, Week

_LOOK_BACK = timedelta(days=92)


def default_hours() -> dict[str, list[list[str]]]:
    """Eight hours from Monday to Friday, until the user or a manager says otherwise."""
    return {day: [["08:00", "16:00"]] for day in WEEKDAYS[:5]}


_hours = tables.Read(
    lambda users: (
        WorkingHours.objects.filter(user__among=users)
        .annotate(days=Cast("week", TextField()))
        .values_list("user_id", "days", "holidays_country")
    )
)
_absences = tables.Read(
    lambda users, since: Absence.objects.filter(user__among=users, ends_at__gt=since).values_list(
        "user_id", "starts_at", "ends_at"
    )
)


def calendar_of(users: Iterable[User], *, around: datetime) -> dict[int, Calendar]:
    """Each user's calendar, good from three months before the moment until two years after. Two queries."""
    return calendars({user.pk: user.zone for user in users}, around=around)


def calendars(zones: Mapping[int, str], *, around: datetime) -> dict[int, Calendar]:
    """The calendars of users by their ids and time zones."""
    ids = list(zones)
    hours = {user_id: (days, country) for user_id, days, country in _hours(ids)}
    away: dict[int, list[Span]] = defaultdict(list)
    for user_id, starts_at, ends_at in _absences(ids, around - _LOOK_BACK):
        away[user_id].append((starts_at, ends_at))
    years = range((around - _LOOK_BACK).year, around.year + 3)
    return {
        user_id: _calendar(zone, *hours.get(user_id, (None, "")), tuple(sorted(away[user_id])), years)
        for user_id, zone in zones.items()
    }


@lru_cache(maxsize=1024)
def _calendar(zone: str, days: str | None, country: str, absences: tuple[Span, ...], years: range) -> Calendar:
    """Calendars are the same from one asking to the next, and often from one user to the next."""
    week = default_hours() if days is None else msgspec.json.decode(days)
    return Calendar(zone=zone, week=week_of(week), holidays=public_holidays(country, years), absences=absences)


def week_of(days: Mapping[str, Sequence[Sequence[str]]]) -> Week:
    """The week as the rules read it; "24:00" closes at the next midnight."""
    return Week(
        tuple(
            Hours(weekday, _clock(opens), _clock(closes))
            for weekday, day in enumerate(WEEKDAYS)
            for opens, closes in days.get(day, ())
        )
    )


def _clock(text: str) -> time:
    return time.min if text == "24:00" else time.fromisoformat(text)


@lru_cache(maxsize=256)
def public_holidays(country: str, years: range) -> frozenset[date]:
    """The public holidays of a country, none for an unknown one."""
    if not country:
        return frozenset()
    try:
        days: dict[date, Any] = holidays.country_holidays(country, years=years)
    except NotImplementedError:
        return frozenset()
    return frozenset(days)
