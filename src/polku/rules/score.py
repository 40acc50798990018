"""The one call that scores a lead: interest, fit and potential kept apart, then worth and priority."""

from datetime import datetime
from decimal import Decimal

import msgspec

from polku.rules.facts import Case
from polku.rules.fit import Fit, criteria, fit
from polku.rules.interest import (
    Heat,
    buying_stage,
    cools_at,
    interest_at,
    tally,
    temperature,
    terms,
    top_topics,
)
from polku.rules.paths import path_of
from polku.rules.playbook_parts import Playbook
from polku.rules.potential import Potential, cents, potential
from polku.rules.reasons import Plain, Reason
from polku.rules.scales import BuyingStage, Grade, ScoreSoFar, Temperature


class Worth(msgspec.Struct, frozen=True, kw_only=True):
    """Expected revenue at each temperature, so that a page or query needs no rescoring as a lead cools."""

    cold: Decimal
    warm: Decimal
    hot: Decimal

    def at(self, temperature: Temperature) -> Decimal:
        """The expected revenue at this temperature."""
        return {Temperature.COLD: self.cold, Temperature.WARM: self.warm, Temperature.HOT: self.hot}[temperature]


class Score(ScoreSoFar, frozen=True, kw_only=True):
    """Everything the rules say of a lead at one moment. Conditions can ask it as it is.

    `priority` is the worth at the current temperature; it next drops at `priority_until` (None: never).
    """

    heat: Heat
    interest: float
    grade: Grade
    temperature: Temperature
    buying_stage: BuyingStage | None
    fit: Fit
    potential: Potential
    potential_amount: Decimal
    path: str
    worth: Worth
    priority: Decimal
    priority_until: datetime | None


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """A score with all its reasons; the reasons of each number sum to it.

    `what_would_change` holds plain hints. Codes: points_to_grade (amount = points missing; data: grade,
    points),
    points_to_temperature (temperature), ask (an unknown criterion: because = its wording, amount = its
    points), cools (data: at, temperature).
    """

    score: Score
    interest: tuple[Reason, ...]
    fit: tuple[Reason, ...]
    potential: tuple[Reason, ...]
    priority: tuple[Reason, ...]
    what_would_change: tuple[Reason, ...]


def score(case: Case, playbook: Playbook, *, epoch: datetime, now: datetime) -> Score:
    """Scores one lead. Pure: the same case, playbook, epoch and now give the same score."""
    heat = tally(case.signals, playbook, epoch=epoch)
    return score_from(heat, case, playbook, epoch=epoch, now=now)


def score_from(heat: Heat, case: Case, playbook: Playbook, *, epoch: datetime, now: datetime) -> Score:
    """Scores one lead whose heat is already tallied."""
    matched = fit(case, playbook)
    money = potential(case, playbook)
    now_at = temperature(heat.total, now, playbook=playbook, epoch=epoch)
    worth = worth_of(matched.grade, money.amount, playbook)
    interest = interest_at(heat.total, now, epoch=epoch, half_life=playbook.half_life)
    topics = top_topics(heat)
    so_far = ScoreSoFar(
        grade=matched.grade, temperature=now_at, interest=interest, potential_amount=money.amount,
        priority=worth.at(now_at), topics=topics,
    )  # fmt: skip
    return Score(
        heat=heat, interest=interest, grade=matched.grade, temperature=now_at,
        buying_stage=buying_stage(heat), topics=topics, fit=matched, potential=money,
        potential_amount=money.amount,
        path=path_of(case, so_far, playbook, now).name, worth=worth, priority=worth.at(now_at),
        priority_until=_drops_at(heat.total, now_at, worth, playbook, epoch=epoch, now=now),
    )  # fmt: skip


def worth_of(grade: Grade, amount: Decimal, playbook: Playbook) -> Worth:
    """What a lead of this grade and potential is worth at each temperature."""
    rates = playbook.rates[grade]
    return Worth(
        cold=cents(rates[Temperature.COLD] * amount),
        warm=cents(rates[Temperature.WARM] * amount),
        hot=cents(rates[Temperature.HOT] * amount),
    )


def _drops_at(
    heat: float, now_at: Temperature, worth: Worth, playbook: Playbook, *, epoch: datetime, now: datetime
) -> datetime | None:
    bounds, half_life = playbook.temperature, playbook.half_life
    if now_at is Temperature.HOT and worth.warm < worth.hot:
        return cools_at(heat, bounds.hot, now, epoch=epoch, half_life=half_life)
    if now_at is not Temperature.COLD and worth.cold < worth.at(now_at):
        return cools_at(heat, bounds.warm, now, epoch=epoch, half_life=half_life)
    return None


def explain(case: Case, playbook: Playbook, *, epoch: datetime, now: datetime) -> Explanation:
    """The score of the case with every reason, for the pages."""
    scored = score(case, playbook, epoch=epoch, now=now)
    return Explanation(
        score=scored,
        interest=terms(case.signals, playbook, epoch=epoch, now=now),
        fit=scored.fit.reasons,
        potential=scored.potential.reasons,
        priority=(_priority_reason(scored, playbook),),
        what_would_change=_hints(case, scored, playbook, epoch=epoch, now=now),
    )


def _priority_reason(scored: Score, playbook: Playbook) -> Reason:
    data: dict[str, Plain] = {
        "win_rate": playbook.win_rate[scored.grade][scored.temperature],
        "potential": float(scored.potential_amount),
        "grade": scored.grade.value,
        "temperature": scored.temperature.value,
    }
    return Reason("win_rate", float(scored.priority), "", data)


def _hints(case: Case, scored: Score, playbook: Playbook, *, epoch: datetime, now: datetime) -> tuple[Reason, ...]:
    cools = _cooling(scored, playbook, epoch=epoch, now=now)
    return (
        *_to_grade(scored, playbook),
        *_to_ask(case, scored, playbook),
        *_to_warmth(scored, playbook),
        *cools,
    )


def _to_grade(scored: Score, playbook: Playbook) -> tuple[Reason, ...]:
    if scored.grade is Grade.A:
        return ()
    higher = next(grade for grade in Grade if grade.rank == scored.grade.rank + 1)
    missing = playbook.grades.bound(higher) - scored.fit.points
    return (Reason("points_to_grade", missing, "", {"grade": higher.value, "points": missing}),)


def _to_ask(case: Case, scored: Score, playbook: Playbook) -> tuple[Reason, ...]:
    """Unknown facts that would add points, most first."""
    persona = next(each for each in playbook.personas if each.name == scored.fit.persona)
    unknown = [met.criterion for met in criteria(case, persona) if met.is_met is None and met.criterion.points > 0]
    unknown.sort(key=lambda criterion: -criterion.points)
    return tuple(Reason("ask", criterion.points, criterion.because) for criterion in unknown)


def _to_warmth(scored: Score, playbook: Playbook) -> tuple[Reason, ...]:
    if scored.temperature is Temperature.HOT:
        return ()
    is_cold = scored.temperature is Temperature.COLD
    warmer, bound = (
        (Temperature.WARM, playbook.temperature.warm) if is_cold else (Temperature.HOT, playbook.temperature.hot)
    )
    missing = bound - scored.interest
    return (Reason("points_to_temperature", missing, "", {"temperature": warmer.value, "points": missing}),)


def _cooling(scored: Score, playbook: Playbook, *, epoch: datetime, now: datetime) -> tuple[Reason, ...]:
    if scored.temperature is Temperature.COLD:
        return ()
    is_hot = scored.temperature is Temperature.HOT
    cooler, bound = (
        (Temperature.WARM, playbook.temperature.hot) if is_hot else (Temperature.COLD, playbook.temperature.warm)
    )
    at = cools_at(scored.heat.total, bound, now, epoch=epoch, half_life=playbook.half_life)
    return () if at is None else (Reason("cools", 0.0, "", {"temperature": cooler.value, "at": at.isoformat()}),)
