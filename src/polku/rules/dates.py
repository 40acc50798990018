"""Dates and times as exports write them. A reading that could be two days is refused, never guessed."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta, timezone, tzinfo
from typing import Final

from polku.rules.identity import plain
from polku.rules.missing import UnreadableError, is_missing

FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2200
CENTURY_PIVOT: Final = 70  # two digits: 69 is 2069, 70 is 1970
LONGEST_DATE: Final = 60
EXCEL_EPOCH: Final = datetime(1899, 12, 30)  # noqa: DTZ001 - a sheet knows no zone
EXCEL_SERIALS: Final = range(10_000, 100_000)  # 1927 to 2173; shorter numbers are hardly dates
EPOCH_SECONDS: Final = range(10**8, 10**10)
EPOCH_MILLISECONDS: Final = range(10**11, 10**13)


class UnreadableDateError(UnreadableError):
    """`reason`: "ambiguous" (day or month first?), "no_such_day", "out_of_range" or "unknown"."""


_MONTHS: Final = {
    name: month
    for month, names in enumerate((
        "jan january tammi tammikuu tammikuuta leden ledna led sty stycznia styczen",
        "feb february helmi helmikuu helmikuuta unor unora uno lut lutego luty",
        "mar march maalis maaliskuu maaliskuuta brezen brezna bre marca marzec",
        "apr april huhti huhtikuu huhtikuuta duben dubna dub kwi kwietnia kwiecien",
        "may touko toukokuu toukokuuta kveten kvetna kve maj maja",
        "jun june kesa kesakuu kesakuuta cerven cervna czerwca czerwiec cze",
        "jul july heina heinakuu heinakuuta cervenec cervence lipca lipiec lip",
        "aug august elo elokuu elokuuta srpen srpna srp sierpnia sierpien sie",
        "sep sept september syys syyskuu syyskuuta zari wrzesnia wrzesien wrz",
        "oct october loka lokakuu lokakuuta rijen rijna rij pazdziernika pazdziernik paz",
        "nov november marras marraskuu marraskuuta listopadu lis",
        "dec december joulu joulukuu joulukuuta prosinec prosince pro grudnia grudzien gru",
    ), start=1)
    for name in names.split()
}  # fmt: skip
# "listopad(a)" is November in Czech and Polish alike; only Croatian disagrees.
_MONTHS.update(listopad=11, listopada=11)

_TIME = (
    r"(?:(?:\s*T\s*|\s*,?\s+(?:at\s+|klo\s+|v\s+)?)(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"\s*(?P<half>[ap]\.?m\.?)?\s*(?P<offset>z|utc|gmt|(?:utc|gmt)?[+-]\d{2}:?(?:\d{2})?)?)?"
)
_FORMS: Final = tuple(
    re.compile(form + _TIME, re.IGNORECASE)
    for form in (
        r"(?P<year>\d{4})(?P<sign>[-/.])(?P<month>\d{1,2})(?P=sign)(?P<day>\d{1,2})",
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})",
        r"(?:\w+,\s*)?(?P<day>\d{1,2})(?:st|nd|rd|th)?\.?[\s-]*(?P<name>[^\W\d]{3,15})\.?,?[\s-]*(?P<year>\d{4}|\d{2})",
        r"(?:\w+,\s*)?(?P<name>[^\W\d]{3,15})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})",
        r"(?P<day>\d{1,2})\.\s*(?P<month>\d{1,2})\.\s*(?P<year>\d{4}|\d{2})",
        r"(?P<first>\d{1,2})(?P<sign>[-/])(?P<second_part>\d{1,2})(?P=sign)(?P<year>\d{4}|\d{2})",
    )
)
_NUMBER = re.compile(r"\d{5}(?:[.,]\d{1,12})?|\d{9,13}")
_NUMERIC_DAY_AND_MONTH = re.compile(r"\s*(\d{1,2})([-/.])\s*(\d{1,2})\2\s*\d{2,4}\b")


def read_date(text: str | None, *, day_first: bool | None, zone: tzinfo) -> datetime | None:
    """The moment in `zone`; a date alone is its midnight there. None when missing.

    `day_first` decides 3/4/2026; with None such a date is refused as ambiguous. Dots always mean day first.
    """
    if is_missing(text):
        return None
    cell = (text or "").strip().lstrip("'").replace("\u00a0", " ").replace("\u202f", " ")
    if len(cell) > LONGEST_DATE:
        raise UnreadableDateError(cell)
    found = _from_number(cell, zone) if _NUMBER.fullmatch(cell) else _from_words(cell, day_first=day_first, zone=zone)
    if not FIRST_YEAR <= found.year < LAST_YEAR:
        raise UnreadableDateError(cell, "out_of_range")
    return found


def guess_day_first(values: Iterable[str | None]) -> bool | None:
    """Whether a column writes the day first; None when nothing in it tells, or when it contradicts itself."""
    told: set[bool] = set()
    for value in values:
        match = _NUMERIC_DAY_AND_MONTH.match(value or "")
        if match is None:
            continue
        first, sign, second = int(match[1]), match[2], int(match[3])
        told |= {True} if sign == "." or first > 12 >= second else {False} if second > 12 >= first else set()
    return told.pop() if len(told) == 1 else None


def _from_number(cell: str, zone: tzinfo) -> datetime:
    number = float(cell.replace(",", "."))
    if int(number) in EXCEL_SERIALS:
        seconds = round(number % 1 * 86_400)
        return (EXCEL_EPOCH + timedelta(days=int(number), seconds=seconds)).replace(tzinfo=zone)
    if int(number) in EPOCH_SECONDS:
        return datetime.fromtimestamp(number, UTC).astimezone(zone)
    if int(number) in EPOCH_MILLISECONDS:
        return (datetime.fromtimestamp(number // 1000, UTC) + timedelta(milliseconds=number % 1000)).astimezone(zone)
    raise UnreadableDateError(cell, "out_of_range")


def _from_words(cell: str, *, day_first: bool | None, zone: tzinfo) -> datetime:
    match = next((match for form in _FORMS if (match := form.fullmatch(cell))), None)
    if match is None:
        raise UnreadableDateError(cell)
    parts = match.groupdict()
    day, month = _day_and_month(parts, cell, day_first=day_first)
    try:
        local = datetime.combine(datetime(_year(parts["year"]), month, day), _time(parts))  # noqa: DTZ001 - joined below
        aware = local.replace(tzinfo=_offset(parts["offset"], zone))
        return aware.astimezone(zone)
    except (ValueError, OverflowError):
        raise UnreadableDateError(cell, "no_such_day") from None


def _day_and_month(parts: dict[str, str], cell: str, *, day_first: bool | None) -> tuple[int, int]:
    if name := parts.get("name"):
        month = _MONTHS.get(plain(name))
        if month is None:
            raise UnreadableDateError(cell)
        return int(parts["day"]), month
    if "first" not in parts:
        return int(parts["day"]), int(parts["month"])
    first, second = int(parts["first"]), int(parts["second_part"])
    if first > 12 or second > 12 or first == second:
        return (first, second) if first > 12 else (second, first)
    if day_first is None:
        raise UnreadableDateError(cell, "ambiguous")
    return (first, second) if day_first else (second, first)


def _year(digits: str) -> int:
    year = int(digits)
    return year if len(digits) == 4 else year + (2000 if year < CENTURY_PIVOT else 1900)


def _time(parts: dict[str, str]) -> time:
    if not parts["hour"]:
        return time()
    hour, half = int(parts["hour"]), (parts["half"] or "")[:1].lower()
    if half and not 1 <= hour <= 12:
        raise ValueError(hour)
    hour = hour % 12 + (12 if half == "p" else 0) if half else hour
    microsecond = int((parts["fraction"] or "0").ljust(6, "0")[:6])
    return time(hour, int(parts["minute"]), int(parts["second"] or 0), microsecond)


def _offset(text: str | None, zone: tzinfo) -> tzinfo:
    if not text:
        return zone
    digits = re.sub(r"\D", "", text)
    minutes = int(digits[:2] or 0) * 60 + int(digits[2:] or 0)
    return timezone(timedelta(minutes=-minutes if "-" in text else minutes))
