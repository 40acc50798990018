"""Numbers and money as people write them, with the signs of several languages."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

import msgspec

from polku.rules.data import lines
from polku.rules.missing import UnreadableError, is_missing

LONGEST_NUMBER: Final = 60
LARGEST: Final = Decimal(10) ** 15


class UnreadableNumberError(UnreadableError):
    """`reason`: "ambiguous" (1.234: thousands or not?), "out_of_range", "currency" or "unknown"."""


class Money(msgspec.Struct, frozen=True):
    """An amount; `currency` is an ISO 4217 code, None when the cell does not tell it."""

    amount: Decimal
    currency: str | None


_SIGNS: Final[dict[str, str | None]] = {
    **dict.fromkeys(("€", "euro", "euros", "euroa"), "EUR"),
    **dict.fromkeys(("$", "us$"), "USD"),
    **dict.fromkeys(("kč", "kc"), "CZK"),
    **dict.fromkeys(("zł", "zl"), "PLN"),
    **dict.fromkeys(("kr", "kr."), None),  # of four countries
    "£": "GBP", "¥": "JPY", "c$": "CAD", "a$": "AUD", "r$": "BRL", "₽": "RUB", "₴": "UAH", "₹": "INR",
    "ft": "HUF", "lei": "RON", "fr.": "CHF",
}  # fmt: skip
_CODES: Final = frozenset(lines("currencies.txt"))
_SCALES: Final = {
    **dict.fromkeys(("k", "tis", "tis.", "tys", "tys."), 3),
    **dict.fromkeys(("m", "mil", "mil.", "mio", "mln", "milj", "milj.", "mn", "million", "me"), 6),
    **dict.fromkeys(["b", "bn", "mld", "mld.", "mrd", "billion"], 9),
}
_BROKEN_GROUP = re.compile(r"\d[\s\u00a0\u2007\u2009\u202f'’]+(?!\d{3}(?!\d))\d")  # 1 2 is not twelve
_NO_CENTS = re.compile(r"(?<=\d)[.,][-–—]{1,2}(?!\d)")  # 100,- Kč
_SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f'’]+")
_SHAPE = re.compile(r"(?P<before>[^\d.,()+-]*)(?P<digits>[\d.,]*\d[\d.,]*?)(?P<power>e\+?\d{1,2})?(?P<after>[^\d]*)")
_GROUPED = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*")
_AMBIGUOUS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
_WORDS = re.compile(r"[^\W\d_]+\.?|[^\w\s]+")


def read_number(text: str | None, *, decimal_comma: bool | None) -> Decimal | None:
    """A plain number; None when missing. `decimal_comma` decides `1,234`; with None such a one is refused."""
    if is_missing(text):
        return None
    number, words = _read(text or "", decimal_comma=decimal_comma, unclear_is_grouped=False)
    if words:
        raise UnreadableNumberError(text or "")
    return number


def read_money(text: str | None, *, decimal_comma: bool | None) -> Money | None:
    """An amount with its currency; None when missing.

    Where neither text nor `decimal_comma` tells, three digits after a sign are thousands: cents are two.
    """
    if is_missing(text):
        return None
    amount, words = _read(text or "", decimal_comma=decimal_comma, unclear_is_grouped=True)
    currencies = {_currency(word, text or "") for word in words} - {None}
    if len(currencies) > 1:
        raise UnreadableNumberError(text or "", "currency")
    return Money(amount, next(iter(currencies), None))


def guess_decimal_comma(values: Iterable[str | None]) -> bool | None:
    """Whether a column writes decimals with a comma; None when it does not tell or contradicts itself."""
    told: set[bool] = set()
    for value in values:
        match = _SHAPE.search(_SPACES.sub("", (value or "")[:LONGEST_NUMBER]))
        digits = match["digits"].rstrip(".,") if match else ""
        sign = _decimal_sign(digits)
        if sign:
            told.add(sign == ",")
        elif len(separators := set(re.findall(r"[.,]", digits))) == 1 and not _AMBIGUOUS.fullmatch(digits):
            told.add(separators == {"."})  # grouped by dots, so decimals have commas
    return told.pop() if len(told) == 1 else None


def _read(text: str, *, decimal_comma: bool | None, unclear_is_grouped: bool) -> tuple[Decimal, list[str]]:
    """The number, and the words around it that are no scale."""
    if len(text) > LONGEST_NUMBER or _BROKEN_GROUP.search(text):
        raise UnreadableNumberError(text)
    cell, is_negative = _without_sign(_NO_CENTS.sub("", _SPACES.sub("", text)).lower().strip("?~≈").replace("−", "-"))
    match = _SHAPE.fullmatch(cell)
    if match is None:
        raise UnreadableNumberError(text)
    digits = match["digits"].rstrip(".,")
    if decimal_comma is None and not unclear_is_grouped and _AMBIGUOUS.fullmatch(digits):
        raise UnreadableNumberError(text, "ambiguous")
    number = _decimal(digits, text, decimal_comma=decimal_comma)
    scale, words = _scale_and_words(match["before"], match["after"])
    number *= 10 ** (scale + int((match["power"] or "e0")[1:]))
    if number > LARGEST:
        raise UnreadableNumberError(text, "out_of_range")
    return (-number if is_negative else number), words


def _without_sign(cell: str) -> tuple[str, bool]:
    if cell.startswith("(") and cell.endswith(")"):
        return cell[1:-1], True
    for sign, is_negative in (("-", True), ("+", False)):
        if cell.count(sign) == 1 and "e" + sign not in cell:
            return cell.replace(sign, ""), is_negative
    return cell, False


def _decimal_sign(digits: str) -> str | None:
    """The sign that can only be the decimal one, whatever the locale."""
    last = max(digits.rfind("."), digits.rfind(","))
    if last < 0 or digits.count(digits[last]) > 1 or _AMBIGUOUS.fullmatch(digits):
        return None
    return digits[last]


def _decimal(digits: str, text: str, *, decimal_comma: bool | None) -> Decimal:
    sign = _decimal_sign(digits)
    if sign is None and _AMBIGUOUS.fullmatch(digits) and decimal_comma is not None:
        written = "," if decimal_comma else "."
        sign = written if written in digits else None
    whole, _, decimals = digits.rpartition(sign) if sign else (digits, "", "")
    if (re.search(r"[.,]", whole) and not _GROUPED.fullmatch(whole)) or (sign and sign in whole):
        raise UnreadableNumberError(text)
    plain_digits = re.sub(r"[.,]", "", whole) or "0"
    return Decimal(f"{plain_digits}.{decimals}" if decimals else plain_digits)


def _scale_and_words(before: str, after: str) -> tuple[int, list[str]]:
    words = [word for part in (before, after) for word in _words(part)]
    scales = [word for word in words if word in _SCALES]
    if len(scales) > 1:
        return 0, words
    return (_SCALES[scales[0]] if scales else 0), [word for word in words if word not in _SCALES]


def _words(part: str) -> list[str]:
    """Signs and words; `mkč` and `k€` come apart into scale and currency."""
    if not part.strip(".,") or part in _SIGNS or part in _SCALES or part.upper() in _CODES:
        return [part] if part.strip(".,") else []
    for scale in sorted(_SCALES, key=len, reverse=True):
        rest = part.removeprefix(scale)
        if rest != part and (rest in _SIGNS or rest.upper() in _CODES):
            return [scale, rest]
    return _WORDS.findall(part)


def _currency(word: str, text: str) -> str | None:
    if word in _SIGNS:
        return _SIGNS[word]
    if word.upper() in _CODES:
        return word.upper()
    raise UnreadableNumberError(text, "currency")
