"""The times of server logs: as Apache and nginx write them, ISO 8601, or seconds since 1970."""

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import Final

_MONTHS: Final = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6,
    "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
_YEARS: Final = range(1990, 9999)  # at the ends of the calendar a time zone may leave it
_CLF = re.compile(
    r"(\d{1,2})/([A-Za-z]{3})/(\d{4}):(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6})\d*)?(?: ([+-]\d{4}|Z))?", re.ASCII
)
_SECONDS = re.compile(r"\d{9,11}(?:\.\d{1,12})?|\d{12,19}", re.ASCII)


def read_time(text: str) -> datetime | None:
    """With its time zone, UTC when it names none; None when it cannot be read."""
    try:
        at = _read(text)
    except (ValueError, OverflowError, KeyError):
        return None
    return at if at.year in _YEARS else None


def _read(text: str) -> datetime:
    if found := _CLF.fullmatch(text):
        return _common(found)
    if _SECONDS.fullmatch(text):
        return _since_1970(text)
    at = datetime.fromisoformat(text[:40])
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _common(found: re.Match[str]) -> datetime:
    """17/May/2015:10:05:03 +0000. Months are English whatever the language of the machine, unlike with strptime."""
    day, month, year, hour, minute, second, fraction, zone = found.groups()
    return datetime(
        int(year), _MONTHS[month.lower()], int(day), int(hour), int(minute), min(int(second), 59),  # leap seconds
        int((fraction or "0").ljust(6, "0")), _zone(zone or "Z"),
    )  # fmt: skip


@lru_cache(maxsize=200)
def _zone(text: str) -> timezone:
    if text == "Z":
        return UTC
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[3:]))
    return timezone(-offset if text[0] == "-" else offset)


def _since_1970(text: str) -> datetime:
    """Seconds with a fraction, or whole milli-, micro- or nanoseconds, told apart by how long they are."""
    whole, _, fraction = text.partition(".")
    smaller = max(len(whole) - 10, 0) // 3 * 3
    seconds, fraction = (whole[:-smaller], whole[-smaller:]) if smaller else (whole, fraction)
    start = datetime(1970, 1, 1, tzinfo=UTC)
    return start + timedelta(seconds=int(seconds), microseconds=int(fraction[:6].ljust(6, "0")))
