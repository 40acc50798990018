"""Opens a lead's numbers: interest with its curve, fit by criterion, potential, priority, path, and why this rep."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import msgspec
from django.utils import timezone

from polku.rules import interest
from polku.rules.fit import CriterionMet, criteria
from polku.rules.reasons import Reason
from polku.scoring.queries import Told
from polku.web import phrases, wording

if TYPE_CHECKING:
    from polku.routing.models import Assignment

CURVE_DAYS: Final = 90
TERMS_SHOWN: Final = 4


class Term(msgspec.Struct, frozen=True):
    text: str
    amount: str


class PersonaTold(msgspec.Struct, frozen=True, kw_only=True):
    """A persona with every criterion answered; `points` is what the lead gets by it."""

    name: str
    because: str
    points: float
    criteria: tuple[CriterionMet, ...]


class PassedOver(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    text: str


class Why(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the third column shows."""

    version: int
    currency: str
    temperature: str
    interest: float
    interest_terms: tuple[Reason, ...]
    interest_short: list[Term]
    buying_stage: str
    topics: tuple[str, ...]
    curve: list[float]
    curve_start: datetime
    levels: tuple[float, float]
    half_life: timedelta
    grade: str
    fit_points: float
    fit_terms: tuple[Reason, ...]
    best: PersonaTold
    others: list[PersonaTold]
    potential: Decimal
    potential_terms: tuple[Reason, ...]
    priority: Decimal
    priority_terms: tuple[Reason, ...]
    path: str
    path_because: str
    changes: tuple[Reason, ...]


def open_reasons(told: Told, *, now: datetime) -> Why:
    """The score of a lead as the page tells it; every number is the sum of what stands beside it."""
    score, book = told.explanation.score, told.force.playbook
    personas = [_persona(told, persona) for persona in book.personas]
    best = next(one for one in personas if one.name == score.fit.persona)
    start = now - timedelta(days=CURVE_DAYS)
    times = [start + timedelta(days=day) for day in range(CURVE_DAYS + 1)]
    return Why(
        version=told.force.number,
        currency=book.currency,
        temperature=str(score.temperature),
        interest=score.interest,
        interest_terms=told.explanation.interest,
        interest_short=short_terms(told.explanation.interest),
        buying_stage=str(score.buying_stage or ""),
        topics=score.topics,
        curve=interest.curve(told.case.signals, book, epoch=told.force.epoch, times=times),
        curve_start=start,
        levels=(book.temperature.warm, book.temperature.hot),
        half_life=book.half_life,
        grade=str(score.grade),
        fit_points=score.fit.points,
        fit_terms=told.explanation.fit,
        best=best,
        others=[one for one in personas if one is not best],
        potential=score.potential_amount,
        potential_terms=told.explanation.potential,
        priority=score.priority,
        priority_terms=told.explanation.priority,
        path=score.path,
        path_because=next(path.because for path in book.paths if path.name == score.path),
        changes=told.explanation.what_would_change,
    )


def _persona(told: Told, persona: Any) -> PersonaTold:
    met = criteria(told.case, persona)
    return PersonaTold(name=persona.name, because=persona.because, points=sum(one.points for one in met), criteria=met)


def short_terms(reasons: Sequence[Reason]) -> list[Term]:
    """The weightiest terms of a sum in few words."""
    weighty = sorted(reasons, key=lambda one: -abs(one.amount))[:TERMS_SHOWN]
    return [Term(wording.reason_text(one), phrases.points(one.amount)) for one in weighty if abs(one.amount) >= 0.05]


def passed_over(assignment: "Assignment", names: Mapping[int, str]) -> list[PassedOver]:
    """Who could not take the lead, and why, in words."""
    return [
        PassedOver(
            name=names.get(one.get("user_id"), "–"),
            text=wording.reason_text({"code": one.get("code", ""), "data": one.get("data") or {}}),
        )
        for one in assignment.excluded
    ]


def curve_words(why: Why) -> str:
    """The day the curve begins."""
    return phrases.day(why.curve_start, now=timezone.now())
