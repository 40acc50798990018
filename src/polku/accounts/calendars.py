"""Builds the working calendars of users from their week, their zone, public holidays and absences."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

import holidays

from polku.accounts.inputs import WEEKDAYS
from polku.accounts.models import Absence, User, WorkingHours
from polku.rules.calendars import Calendar, Hours, Span, Week

_LOOK_BACK = timedelta(days=92)


def default_hours() -> dict[str, list[list[str]]]:
    """Eight hours from Monday to Friday, until the user or a manager says otherwise."""
    return {day: [["08:00", "16:00"]] for day in WEEKDAYS[:5]}


def calendar_of(users: Iterable[User], *, around: datetime) -> dict[int, Calendar]:
    """Each user's calendar, good from three months before the moment until two years after. Two queries."""
    people = list(users)
    ids = [user.pk for user in people]
    hours = {each.user_id: each for each in WorkingHours.objects.filter(user_id__in=ids)}
    away: dict[int, list[Span]] = defaultdict(list)
    for absence in Absence.objects.filter(user_id__in=ids, ends_at__gt=around - _LOOK_BACK):
        away[absence.user_id].append((absence.starts_at, absence.ends_at))
    years = range((around - _LOOK_BACK).year, around.year + 3)
    return {user.pk: _calendar(user.zone, hours.get(user.pk), absences=away[user.pk], years=years) for user in people}


def _calendar(zone: str, hours: WorkingHours | None, *, absences: Sequence[Span], years: range) -> Calendar:
    return Calendar(
        zone=zone,
        week=week_of(hours.week if hours else default_hours()),
        holidays=public_holidays(hours.holidays_country, years) if hours else frozenset(),
        absences=tuple(sorted(absences)),
    )


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
