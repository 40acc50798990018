"""The small pieces of HTML that stand in every row: built here, not by templates, as they are many."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, Literal

from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from polku.rules.reasons import Reason
from polku.rules.stages import PATH
from polku.web import phrases, wording

type Unit = Literal["points", "money", "none"]
type Grounds = Iterable[Reason | Mapping[str, Any]]

# What rows have in common is worded once for each language, not once a row.
_KEPT: Final = 8192

_CIRCLE = '<circle cx="6" cy="6" r="4.75" fill="none" stroke="currentColor" stroke-width="1.5"/>'
_FILLED = {
    "cold": "",
    "warm": '<path d="M6 1.25a4.75 4.75 0 0 0 0 9.5z" fill="currentColor"/>',
    "hot": '<circle cx="6" cy="6" r="4.75" fill="currentColor"/>',
}
_MARK = (
    '<svg viewBox="0 0 24 24" fill="none" aria-hidden="true">'
    '<path d="M7 21.5c0-5.5 10-4.5 10-10.5S8 9 8 5.5"'
    ' stroke="currentColor" stroke-width="2.5" stroke-linecap="round"/>'
    '<circle cx="8" cy="3.5" r="2.5" fill="currentColor"/></svg>'
)


def mark() -> SafeString:
    """Polku's mark: a path that ends somewhere."""
    return mark_safe(_MARK)  # noqa: S308  a constant


def icon(name: str) -> SafeString:
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>',
        static("polku/icons/sprite.svg"),
        name,
    )


def keys(combination: str) -> SafeString:
    """ "g t" as two keys."""
    return format_html_join(" ", "<kbd>{}</kbd>", ((key,) for key in combination.split()))


def temperature(value: str, interest: float | None) -> SafeString:
    """Shape, word and colour together; the colour alone says nothing."""
    return _temperature(value, None if interest is None else round(interest, 1), get_language())


@lru_cache(_KEPT)
def _temperature(value: str, interest: float | None, _language: str | None) -> SafeString:
    if value not in _FILLED:
        return mark_safe("")
    drawing = mark_safe(_CIRCLE + _FILLED[value])  # noqa: S308  constants
    number = "" if interest is None else f" {phrases.points(interest)}"
    return format_html(
        '<span class="temperature {}"><svg viewBox="0 0 12 12" aria-hidden="true">{}</svg>{}{}</span>',
        value, drawing, wording.named(wording.TEMPERATURES, value), number,
    )  # fmt: skip


def fit(grade: str) -> SafeString:
    return _fit(grade, get_language())


@lru_cache(_KEPT)
def _fit(grade: str, _language: str | None) -> SafeString:
    if not grade:
        return mark_safe("")
    label = gettext("Fit %(grade)s") % {"grade": grade}
    weak = " weak" if grade in {"C", "D"} else ""
    return format_html('<abbr class="fit{}" title="{}" aria-label="{}">{}</abbr>', weak, label, label, grade)


def ago(at: datetime, *, now: datetime) -> SafeString:
    return _time(at, phrases.relative(at, now=now))


def lately(at: datetime, *, now: datetime) -> SafeString:
    return _time(at, phrases.lately(at, now=now))


def _time(at: datetime, text: str) -> SafeString:
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), phrases.moment(at), text)


def money(amount: phrases.Number, currency: str) -> SafeString:
    return format_html('<data class="money" value="{}">{}</data>', str(amount), phrases.exact_money(amount, currency))


def compact_money(amount: phrases.Number, currency: str, *, yearly: bool) -> SafeString:
    """€48k/yr, with the exact amount in the title."""
    return _compact_money(str(amount), currency, get_language(), yearly=yearly)


@lru_cache(_KEPT)
def _compact_money(value: str, currency: str, _language: str | None, *, yearly: bool) -> SafeString:
    amount = Decimal(value)
    exact = phrases.exact_money(amount, currency)
    title = gettext("%(amount)s a year") % {"amount": exact} if yearly else exact
    suffix = format_html("<small>{}</small>", gettext("/yr")) if yearly else ""
    return format_html(
        '<data class="money" value="{}" title="{}">{}{}</data>',
        value, title, phrases.compact_money(amount, currency), suffix,
    )  # fmt: skip


def sla(due_at: datetime, *, warn_at: datetime | None, responded_at: datetime | None, now: datetime) -> SafeString:
    """The promise in words: time left, late by, or kept."""
    if responded_at:
        word = gettext("kept") if responded_at <= due_at else gettext("late")
        return format_html('<span class="sla kept" title="{}">{}</span>', phrases.moment(responded_at), word)
    late = gettext("%s late")
    left = phrases.duration(due_at - now)
    text = late % left if due_at <= now else left
    state = "lapsed" if due_at <= now else "warned" if warn_at and warn_at <= now else ""
    return format_html(
        '<time class="sla {}" datetime="{}" title="{}" data-due="{}" data-warn="{}" data-late="{}">{}</time>',
        state, due_at.isoformat(), phrases.moment(due_at), due_at.isoformat(),
        warn_at.isoformat() if warn_at else "", late, text,
    )  # fmt: skip


def avatar(name: str) -> SafeString:
    words = name.split()
    initials = (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper() if words else "?"
    return format_html('<span class="avatar" title="{}" aria-hidden="true">{}</span>', name, initials)


def asked_reasons(content: str, *, id: str, title: str, url: str) -> SafeString:
    """A number that fetches its reasons when it is opened."""
    return format_html(
        '<button class="why" type="button" popovertarget="{}" aria-haspopup="dialog">{}</button>'
        '<div class="reasons" id="{}" popover role="dialog" aria-label="{}" hx-get="{}" hx-trigger="toggle once"'
        ' hx-swap="innerHTML"><p class="soft">{}</p></div>\n',
        id, content, id, title, url, gettext("Adding up the reasons…"),
    )  # fmt: skip


@dataclass(frozen=True)
class Step:
    """A stage on the path as a page shows it: passed, here, ahead, or aside."""

    name: str
    state: str


def steps(stage: str) -> list[Step]:
    """The path up to and beyond `stage`. A side exit stands alone at the end of the first stages."""
    codes = [str(one) for one in PATH]
    if stage not in codes:
        return [
            Step(wording.named(wording.STAGES, "lead"), "passed"),
            Step(wording.named(wording.STAGES, stage), "aside"),
        ]
    at = codes.index(stage)
    states = ["passed" if index < at else "here" if index == at else "ahead" for index in range(len(codes))]
    return [Step(wording.named(wording.STAGES, code), state) for code, state in zip(codes, states, strict=True)]


@dataclass(frozen=True)
class Term:
    """A line of a sum: its words, and its amount as shown."""

    text: str
    note: str
    amount: str
    value: str
    is_minus: bool


@dataclass(frozen=True)
class Sum:
    terms: list[Term]
    total: str


def explained(reasons: Grounds, *, unit: Unit, currency: str, total: float | None) -> Sum:
    """The lines of a sum. Shown amounts are rounded so that they add up to the shown total."""
    found = list(reasons)
    amounts = [_amount(reason) for reason in found]
    whole = float(total) if total is not None else sum(amounts)
    shown = phrases.rounded_to_sum(amounts, total=whole, places=0 if unit == "money" else 1)
    terms = [_term(reason, amount, unit=unit, currency=currency) for reason, amount in zip(found, shown, strict=True)]
    return Sum(terms, "" if unit == "none" else _shown(whole, unit, currency))


def _term(reason: Reason | Mapping[str, Any], amount: float, *, unit: Unit, currency: str) -> Term:
    because = reason.get("because") if isinstance(reason, Mapping) else reason.because
    text = wording.reason_text(reason, currency=currency)
    note = str(because or "") if because and because not in text else ""
    shown = "" if unit == "none" else _shown(amount, unit, currency, signed=unit == "points")
    return Term(text, note, shown, str(amount), amount < 0)


def _shown(amount: float, unit: Unit, currency: str, *, signed: bool = False) -> str:
    return phrases.exact_money(amount, currency) if unit == "money" else phrases.points(amount, signed=signed)


def _amount(reason: Reason | Mapping[str, Any]) -> float:
    return float(reason.get("amount") or 0) if isinstance(reason, Mapping) else reason.amount
