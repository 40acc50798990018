"""Reads single cells of an imported file: what cannot be read is kept as it stands and remarked, never dropped."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from polku.rules import countries, industries, reading
from polku.rules.missing import UnreadableError, is_missing

CLEAR: Final = "(clear)"
_GUARDED: Final = ("=", "+", "-", "@", "\t", "\r")
_MOST_REMEMBERED: Final = 100_000
_SAYS_MUCH: Final = frozenset("123456789+")
_FEWEST_DIGITS: Final = 5
_CENT: Final = Decimal("0.01")
_MOST_MONEY: Final = Decimal(10) ** 13

# What the columns hold at most.
LONGEST: Final = {
    "person.first_name": 100, "person.last_name": 100, "person.full_name": 200, "person.email": 254, "person.phone": 60,
    "person.mobile": 60, "person.job_title": 160, "person.linkedin_url": 300, "person.key": 120, "company.name": 200,
    "company.domain": 253, "company.website": 300, "company.city": 120, "company.phone": 60, "company.business_id": 40,
    "company.key": 120, "lead.title": 200, "lead.topic": 80, "lead.source": 200, "lead.source_detail": 200,
    "lead.close_reason": 60, "lead.key": 120, "touch.source": 200, "touch.medium": 100, "touch.campaign": 200,
    "touch.term": 200, "touch.content": 200, "touch.gclid": 255, "touch.referrer": 500, "touch.landing": 500,
}  # fmt: skip


class Remark(msgspec.Struct, frozen=True):
    """Something about a row that was kept but not understood: the column, what about it, and the cell."""

    column: str
    code: str
    value: str


class CellUnread(Exception):
    """This cell says something that cannot be read; `code` names why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def remembering[Value](read: Callable[[str], Value]) -> Callable[[str], Value]:
    """Read a text once: the same countries, dates and amounts come again and again. Bounded: forgets all when full."""
    known: dict[str, Value] = {}

    def recall(text: str) -> Value:
        try:
            return known[text]
        except KeyError:
            if len(known) >= _MOST_REMEMBERED:
                known.clear()
            value = known[text] = read(text)
            return value

    return recall


_recalled: Final = remembering(is_missing)


def says_nothing(text: str) -> bool:
    """Whether a cell stands for an empty one. Numbers and addresses, of which no two are alike, need no look-up."""
    return not (text[:1] in _SAYS_MUCH or "@" in text[1:]) and _recalled(text)


def unguarded(text: str) -> str:
    """Without the ' that exports put before cells that a sheet would calculate."""
    return text[1:] if text[:1] == "'" and text[1:2] in _GUARDED else text


def guarded(text: str) -> str:
    """With a ' before what a sheet would calculate."""
    return f"'{text}" if text.startswith(_GUARDED) else text


def country(text: str) -> str:
    code = countries.country(text)
    if code is None:
        raise CellUnread("country_unknown")
    return code


def industry(text: str) -> str:
    code = industries.industry(text)
    if code is None:
        raise CellUnread("industry_unknown")
    return code[:8]


def boolean(text: str) -> bool | None:
    try:
        return reading.read_boolean(text)
    except UnreadableError:
        raise CellUnread("yes_no_unreadable") from None


def employees(text: str) -> int | None:
    try:
        found = reading.read_employees(text)
    except UnreadableError:
        raise CellUnread("employees_unreadable") from None
    return found.count if found else None


def language(text: str) -> str:
    code = text.replace("_", "-").split("-")[0].strip().lower()
    if not (len(code) == 2 and code.isalpha()):
        raise CellUnread("language_unknown")
    return code


def phone(text: str) -> str:
    if sum(map(str.isdigit, text)) < _FEWEST_DIGITS:
        raise CellUnread("phone_unreadable")
    return text


def currency(text: str) -> str:
    code = text.strip().upper()
    if not (len(code) == 3 and code.isascii() and code.isalpha()):
        raise CellUnread("currency_unknown")
    return code


def money_reader(*, decimal_comma: bool | None) -> Callable[[str], reading.Money | None]:
    def money(text: str) -> reading.Money | None:
        try:
            found = reading.read_money(text, decimal_comma=decimal_comma)
        except UnreadableError:
            raise CellUnread("amount_unreadable") from None
        if found is None:
            return None
        if abs(found.amount) > _MOST_MONEY:
            raise CellUnread("amount_too_large")
        return reading.Money(found.amount.quantize(_CENT), found.currency)

    return money


def date_reader(*, day_first: bool | None, zone: str) -> Callable[[str], datetime | None]:
    """Reads dates of one file. ISO dates, which most exports write, take the short way."""
    place = zone_of(zone)

    def date(text: str) -> datetime | None:
        if text[4:5] == "-" and len(text) <= 32:
            try:
                moment = datetime.fromisoformat(text)
            except ValueError:
                pass
            else:
                if 1970 <= moment.year < 2200:
                    return moment if moment.tzinfo else moment.replace(tzinfo=place)
        try:
            return reading.read_date(text, day_first=day_first, zone=place)
        except reading.UnreadableDateError as error:
            raise CellUnread("date_ambiguous" if error.reason == "ambiguous" else "date_unreadable") from None

    return date


@cache
def zone_of(name: str) -> ZoneInfo:
    return ZoneInfo(name or "UTC")
