"""Lenient reading of cells: what is missing, yes and no, head counts; dates and amounts by locale."""

import re
from typing import Final

import msgspec

from polku.rules.amounts import Money, UnreadableNumberError, guess_decimal_comma, read_money, read_number
from polku.rules.data import table
from polku.rules.dates import UnreadableDateError, guess_day_first, read_date
from polku.rules.identity import plain
from polku.rules.missing import UnreadableError, is_missing

__all__ = [
    "Employees",
    "Money",
    "UnreadableBooleanError",
    "UnreadableDateError",
    "UnreadableEmployeesError",
    "UnreadableError",
    "UnreadableNumberError",
    "guess_day_first",
    "guess_decimal_comma",
    "is_missing",
    "read_boolean",
    "read_date",
    "read_employees",
    "read_money",
    "read_number",
]


class UnreadableBooleanError(UnreadableError):
    """Neither a yes nor a no."""


class UnreadableEmployeesError(UnreadableError):
    """Not a number of people."""


_YES_NO: Final = table("yes_no.tsv")
_YES: Final = frozenset(_YES_NO["yes"].split())
_NO: Final = frozenset(_YES_NO["no"].split())


def read_boolean(text: str | None) -> bool | None:
    """Yes or no in the languages of the interface; None when missing."""
    word = plain((text or "").strip())
    if word in _YES:
        return True
    if word in _NO:
        return False
    if is_missing(text):
        return None
    raise UnreadableBooleanError(text or "")


class Employees(msgspec.Struct, frozen=True):
    """A head count. Of a range it is the middle, rounded down; of an open end, the end that is known."""

    count: int
    low: int
    high: int | None


MOST_EMPLOYEES: Final = 10_000_000
_COUNT = r"\d{1,3}(?:[ \u00a0\u202f,.']\d{3})+|\d{1,8}"
_RANGE = re.compile(rf"({_COUNT})\s*(?:-|–|—|−|\.\.\.?|…|to|až|do|and|~)\s*({_COUNT})")
_OPEN_ABOVE = re.compile(
    rf"(?:>=?|≥|over|more than|yli|vähintään|více než|nad|ponad|powyżej|od)\s*({_COUNT})"
    rf"|({_COUNT})\s*(?:\+|or more|and more|a více|i więcej|tai enemmän)"
)
_OPEN_BELOW = re.compile(
    rf"(?:<=?|≤|under|up to|less than|fewer than|alle|do|méně než|poniżej|mniej niż|max\.?)\s*({_COUNT})"
)
_EXACT = re.compile(rf"(?:ca\.?|approx\.?|about|noin|cca|asi|ok\.?|około|~)?\s*({_COUNT})(?:[.,]0+)?")
_PEOPLE = "employees|employee|people|persons|henkilöä|henkeä|zaměstnanců|zamestnancu|osób|pracowników|fte"
_WORDS_AROUND = re.compile(rf"\s*(?:{_PEOPLE})\.?$")
_ALONE: Final = frozenset(
    ("self-employed", "self employed", "sole proprietor", "freelancer", "yksinyrittäjä", "toiminimi", "osvč")
)


def read_employees(text: str | None) -> Employees | None:
    """The number of people of a company: `51–200` is 125, `1000+` is 1000, `<10` is 1–10 and so 5."""
    if is_missing(text):
        return None
    words = _WORDS_AROUND.sub("", (text or "")[:100].strip().lower())
    found = _range(words) if words not in _ALONE else Employees(1, 1, 1)
    if found is None or (found.high or found.low) > MOST_EMPLOYEES:
        raise UnreadableEmployeesError(text or "")
    return found


def _range(words: str) -> Employees | None:
    if match := _RANGE.fullmatch(words):
        low, high = sorted((_count(match[1]), _count(match[2])))
        return Employees((low + high) // 2, low, high)
    if match := _OPEN_ABOVE.fullmatch(words):
        low = _count(match[1] or match[2])
        return Employees(low, low, None)
    if match := _OPEN_BELOW.fullmatch(words):
        high = _count(match[1])
        return Employees((1 + high) // 2, 1, high)
    match = _EXACT.fullmatch(words)
    return Employees(*[_count(match[1])] * 3) if match else None


def _count(digits: str) -> int:
    return int(re.sub(r"\D", "", digits))
