"""Working hours, by arithmetic over intervals of real time: right on the days when clocks change."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

FURTHEST: Final = timedelta(days=731)
DAY: Final = timedelta(days=1)
_SECOND: Final = timedelta(seconds=1)

type Span = tuple[datetime, datetime]


class NoWorkingTimeError(Exception):
    """The calendar holds too little working time within two years: no moment can be promised."""

    def __init__(self, start: datetime, promised: timedelta) -> None:
        super().__init__(start, promised)
        self.start = start
        self.promised = promised


class UnknownZoneError(ValueError):
    """A name that the time zone database does not hold."""

    def __init__(self, zone: str) -> None:
        super().__init__(zone)
        self.zone = zone


class Hours(msgspec.Struct, frozen=True):
    """Local hours that open on a weekday, 0 for Monday. Closing at or before opening: on the next day."""

    weekday: int
    opens: time
    closes: time


class Week(msgspec.Struct, frozen=True):
    """The hours of a usual week; they may overlap."""

    hours: tuple[Hours, ...]

    @classmethod
    def of(cls, weekdays: Iterable[int], opens: time, closes: time) -> "Week":
        """The same hours on several weekdays."""
        return cls(tuple(Hours(weekday, opens, closes) for weekday in weekdays))


class Calendar(msgspec.Struct, frozen=True, kw_only=True):
    """When somebody works. A shift belongs to the day it opens on: a holiday takes away what opens then.

    `absences` are pairs of aware moments. A shift that opens in the hour that clocks skip opens right
    after it; in the hour that they repeat, the first time counts.
    """

    zone: str
    week: Week
    holidays: frozenset[date] = frozenset()
    absences: tuple[Span, ...] = ()


def working_between(start: datetime, end: datetime, calendar: Calendar) -> timedelta:
    """The working time from `start` to `end`; none when `end` is not later."""
    if end <= start:
        return timedelta()
    return sum((closes - opens for opens, closes in _spans(start, end, calendar)), timedelta())


def due_at(start: datetime, promised: timedelta, calendar: Calendar) -> datetime:
    """The first moment by which `promised` working time has passed since `start`, in UTC."""
    left = promised
    if left <= timedelta():
        return start.astimezone(UTC)
    for opens, closes in _spans(start, start + FURTHEST, calendar):
        if left <= closes - opens:
            return opens + left
        left -= closes - opens
    raise NoWorkingTimeError(start, promised)


def is_working(at: datetime, calendar: Calendar) -> bool:
    """Whether the moment lies in working time; the closing moment does not."""
    return any(True for _ in _spans(at, at + timedelta(microseconds=1), calendar))


def next_working_at(at: datetime, calendar: Calendar) -> datetime:
    """The moment itself when it is working time, else when work begins next."""
    opens = next((opens for opens, _ in _spans(at, at + FURTHEST, calendar)), None)
    if opens is None:
        raise NoWorkingTimeError(at, timedelta())
    return opens


def _spans(start: datetime, end: datetime, calendar: Calendar) -> Iterator[Span]:
    """Working time from `start` to `end` as disjoint spans in order, in UTC."""
    first, last = start.astimezone(UTC), end.astimezone(UTC)
    absences = sorted(absence for absence in calendar.absences if absence[1] > first and absence[0] < last)
    for opens, closes in _merged(_shifts(first, last, calendar)):
        begin, finish = max(opens, first), min(closes, last)
        if begin < finish:
            yield from _without(begin, finish, absences)


def _shifts(first: datetime, last: datetime, calendar: Calendar) -> Iterator[Span]:
    """All shifts that may touch the time, in order of opening."""
    zone = _zone(calendar.zone)
    day = first.astimezone(zone).date() - DAY  # yesterday's shift may still be on
    while day <= last.astimezone(zone).date():
        if day not in calendar.holidays:
            todays = (hours for hours in calendar.week.hours if hours.weekday == day.weekday())
            yield from sorted(_shift(day, hours.opens, hours.closes, calendar.zone) for hours in todays)
        day += DAY


@lru_cache(maxsize=4096)
def _shift(day: date, opens: time, closes: time, zone: str) -> Span:
    closing_day = day if closes > opens else day + DAY
    return _instant(day, opens, _zone(zone)), _instant(closing_day, closes, _zone(zone))


def _instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The moment when local clocks show the time; when they skip it, the moment of the skip."""
    local = datetime.combine(day, at, tzinfo=zone)
    moment = local.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return moment
    before, after = local.replace(fold=1).astimezone(UTC), moment
    old_offset = before.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + (after - before) // 2
        before, after = (middle, after) if middle.astimezone(zone).utcoffset() == old_offset else (before, middle)
    return after.replace(microsecond=0)


def _merged(spans: Iterable[Span]) -> Iterator[Span]:
    """Spans that overlap or touch, joined; they come in order of their beginning."""
    current: Span | None = None
    for opens, closes in spans:
        if closes <= opens:  # the whole shift was skipped by the clocks
            continue
        if current is not None and opens <= current[1]:
            current = (current[0], max(current[1], closes))
            continue
        if current is not None:
            yield current
        current = (opens, closes)
    if current is not None:
        yield current


def _without(begin: datetime, finish: datetime, absences: list[Span]) -> Iterator[Span]:
    for away_from, away_until in absences:
        if away_until <= begin or away_from >= finish:
            continue
        if away_from > begin:
            yield begin, away_from.astimezone(UTC)
        begin = max(begin, away_until.astimezone(UTC))
    if begin < finish:
        yield begin, finish


@lru_cache(maxsize=256)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise UnknownZoneError(name) from None
