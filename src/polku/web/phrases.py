"""Times, money and shares in words, in the reader's language. Pure text: the tags put it into HTML."""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, gettext, ngettext

NBSP = "\N{NO-BREAK SPACE}"
type Number = Decimal | float | int

_SYMBOLS = {
    "EUR": "€",
    "USD": "$",
    "GBP": "£",
    "CZK": "Kč",
    "PLN": "zł",
    "SEK": "kr",
    "NOK": "kr",
    "DKK": "kr",
}
_DAY = {"en": "j M", "fi": "j.n.", "cs": "j. n.", "pl": "j b"}
_DAY_OF_YEAR = {"en": "j M Y", "fi": "j.n.Y", "cs": "j. n. Y", "pl": "j b Y"}


def duration(span: timedelta) -> str:
    """ "12 min", "1 hr 20 min", "2 days": the same words as countdown.js tells."""
    minutes = int(abs(span).total_seconds() // 60)
    if minutes < 60:
        return gettext("%(minutes)d min") % {"minutes": minutes}
    if minutes < 24 * 60:
        hours, rest = divmod(minutes, 60)
        words = gettext("%(hours)d hr") % {"hours": hours}
        return words + " " + gettext("%(minutes)d min") % {"minutes": rest} if rest else words
    days = minutes // (24 * 60)
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}


def time_spent(seconds: int) -> str:
    """ "45 s", "2 min 10 s", from ten minutes on without the seconds."""
    minutes, rest = divmod(seconds, 60)
    if minutes >= 10:
        return duration(timedelta(seconds=seconds))
    parts = [gettext("%(minutes)d min") % {"minutes": minutes}] if minutes else []
    if rest or not minutes:
        parts.append(gettext("%(seconds)d s") % {"seconds": rest})
    return " ".join(parts)


def lately(at: datetime, *, now: datetime) -> str:
    """As `relative`, to the second within the last minute: "12 s ago"."""
    span = now - at
    if timedelta(seconds=1) <= span < timedelta(minutes=1):
        seconds = gettext("%(seconds)d s") % {"seconds": span // timedelta(seconds=1)}
        return gettext("%(duration)s ago") % {"duration": seconds}
    return relative(at, now=now)


def moment(at: datetime) -> str:
    """The full date and time, for titles."""
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")


def day(at: datetime, *, now: datetime) -> str:
    """The day in few letters; the year only when it is not this one."""
    local = timezone.localtime(at)
    formats = _DAY if local.year == timezone.localtime(now).year else _DAY_OF_YEAR
    return date_format(local, formats.get(_language(), formats["en"]))


def relative(at: datetime, *, now: datetime) -> str:
    """ "6 min ago", "yesterday 14:05", "9 Nov"; "in 25 min", "tomorrow 10:00" for what is to come."""
    span = abs(now - at)
    if span < timedelta(minutes=1):
        return gettext("just now")
    if span < timedelta(hours=6):
        pattern = gettext("%(duration)s ago") if at < now else gettext("in %(duration)s")
        return pattern % {"duration": duration(_rounded(span))}
    return _by_day(at, now=now)


def _rounded(span: timedelta) -> timedelta:
    return span if span < timedelta(hours=1) else timedelta(hours=span // timedelta(hours=1))


def _by_day(at: datetime, *, now: datetime) -> str:
    local = timezone.localtime(at)
    distance = (local.date() - timezone.localtime(now).date()).days
    clock = date_format(local, "H:i")
    patterns = {
        -1: gettext("yesterday %(time)s"),
        0: gettext("today %(time)s"),
        1: gettext("tomorrow %(time)s"),
    }
    if distance in patterns:
        return patterns[distance] % {"time": clock}
    if -7 < distance < 0:
        return ngettext("%(days)d day ago", "%(days)d days ago", -distance) % {"days": -distance}
    if 0 < distance < 7:
        return ngettext("in %(days)d day", "in %(days)d days", distance) % {"days": distance}
    return day(at, now=now)


def exact_money(amount: Number, currency: str) -> str:
    """€48,000: cents only when there are some."""
    places = 0 if amount == int(amount) else 2
    return _with_symbol(_signless(amount, places), currency, negative=amount < 0)


def compact_money(amount: Number, currency: str) -> str:
    """€950, €4.8k, €48k, €1.3M."""
    size = abs(float(amount))
    if size < 1000:
        return _with_symbol(_signless(amount, 0), currency, negative=amount < 0)
    if size < 999_500:
        text = gettext("%(number)sk") % {"number": _short(size / 1000)}
    else:
        text = gettext("%(number)sM") % {"number": _short(size / 1_000_000)}
    return _with_symbol(text, currency, negative=amount < 0)


def share(value: Number, places: int = 0) -> str:
    """0.743 as "74 %"."""
    return number_format(round(float(value) * 100, places), places) + NBSP + "%"


def points(value: Number, *, signed: bool = False) -> str:
    """Points as shown: whole when whole, else one decimal; with a true minus sign."""
    rounded = round(float(value), 1)
    text = number_format(abs(rounded), 0 if rounded == int(rounded) else 1)
    if rounded < 0:
        return "−" + text
    return "+" + text if signed else text


def rounded_to_sum(values: Sequence[float], *, total: float, places: int) -> list[float]:
    """Round so that the rounded values add up to the rounded total: the largest rest goes up first."""
    unit: int = 10**places
    floors = [math.floor(value * unit) for value in values]
    missing = round(total * unit) - sum(floors)
    rests = sorted(range(len(values)), key=lambda index: floors[index] - values[index] * unit)
    raised = set(rests[: max(missing, 0)])
    return [(floor + (index in raised)) / unit for index, floor in enumerate(floors)]


def plain_number(value: Number) -> str:
    """A number with the reader's separators, without needless decimals."""
    return number_format(value, 0 if value == int(value) else None, force_grouping=True)


def _short(value: float) -> str:
    places = 1 if value < 10 and round(value, 1) != round(value) else 0
    return number_format(round(value, places), places)


def _signless(amount: Number, places: int) -> str:
    return number_format(abs(round(Decimal(str(amount)), places)), places, force_grouping=True)


def _with_symbol(text: str, currency: str, *, negative: bool) -> str:
    symbol = _SYMBOLS.get(currency, currency)
    leads = _language() == "en" and symbol in {"€", "$", "£"}
    return ("−" if negative else "") + (symbol + text if leads else text + NBSP + symbol)


def _language() -> str:
    return (get_language() or "en").split("-")[0]
