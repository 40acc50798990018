"""When things happen: working hours, weekdays, holiday seasons."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from polku.simulator.draw import Random, Weighted

_WEEKDAYS: Final = (1.0, 1.1, 1.08, 1.0, 0.75, 0.1, 0.12)
_MONTHS: Final = (0.95, 1.0, 1.1, 1.0, 1.0, 0.85, 0.5, 0.8, 1.15, 1.15, 1.1, 0.65)
_MONTHS_OF: Final = {"FI": (*_MONTHS[:6], 0.28, 0.85, *_MONTHS[8:])}  # Finland is away in July
_BUSIEST: Final = 1.1 * 1.15
_HOURS: Final = Weighted(
    {
        6: 1,
        7: 4,
        8: 11,
        9: 14,
        10: 13,
        11: 9,
        12: 8,
        13: 12,
        14: 11,
        15: 8,
        16: 4,
        17: 2,
        18: 1,
        19: 1,
        20: 2,
        21: 2,
        22: 1,
    }
)


def weight(day: date, *, country: str) -> float:
    """How busy a day is, next to an ordinary one."""
    return _WEEKDAYS[day.weekday()] * _MONTHS_OF.get(country, _MONTHS)[day.month - 1]


def draw_day(random: Random, first: date, days: int, *, country: str) -> date:
    """One of `days` days from `first` on; working days and busy months more often."""
    while True:
        day = first + timedelta(days=int(random.random() * days))
        if random.random() * _BUSIEST < weight(day, country=country):
            return day


def draw_moment(random: Random, day: date, *, zone: str) -> datetime:
    """A moment of the day, mostly in the office hours of the zone."""
    seconds = _HOURS.draw(random) * 3600 + int(random.random() * 3600)
    return _midnight(day, zone) + timedelta(seconds=seconds)


@lru_cache(maxsize=8_000)
def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def working(at: datetime) -> datetime:
    """The same moment, or the next one on a weekday between 5 and 15 UTC."""
    if at.hour >= 15:
        at = at.replace(hour=6) + timedelta(days=1)
    elif at.hour < 5:
        at = at.replace(hour=6)
    return at + timedelta(days=max(0, 7 - at.weekday()) if at.weekday() >= 5 else 0)
