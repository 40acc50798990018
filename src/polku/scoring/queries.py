"""Reads of scores: cases for the rules, and the order of work."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec
from django.db.models import QuerySet

from polku.accounts.models import User
from polku.crm import queries as crm
from polku.playbook import queries as playbook
from polku.rules import interest, score
from polku.rules.facts import Case, Signal
from polku.scoring.models import Score
from polku.tracking import queries as tracking


class Scored(msgspec.Struct, frozen=True, kw_only=True):
    """A lead as it was read and scored, handed along the way so that nothing is read twice."""

    case: Case
    score: score.Score
    team_id: int | None


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A lead's score opened: every number with its reasons, under the playbook in force."""

    case: Case
    explanation: score.Explanation
    force: playbook.InForce


def scored(lead_ids: Iterable[int], *, force: playbook.InForce | None = None, now: datetime) -> dict[int, Scored]:
    """Read all that is known around many leads, in two queries, and score them."""
    ids = list(lead_ids)
    force = force or playbook.in_force()
    around = crm.surroundings(ids)
    signals = tracking.signals_of_leads(ids)
    return {lead_id: _scored(one, signals.get(lead_id, ()), force, now=now) for lead_id, one in around.items()}


def _scored(one: crm.Surroundings, signals: tuple[Signal, ...], force: playbook.InForce, *, now: datetime) -> Scored:
    case = Case(lead=one.lead, person=one.person, company=one.company, signals=signals)
    return Scored(case=case, score=score.score(case, force.playbook, epoch=force.epoch, now=now), team_id=one.team_id)


def tell(lead_id: int, *, now: datetime) -> Told:
    """Score one lead now and open its reasons."""
    force = playbook.in_force()
    case = scored([lead_id], now=now)[lead_id].case
    return Told(case=case, explanation=score.explain(case, force.playbook, epoch=force.epoch, now=now), force=force)


def scores_of(lead_ids: Sequence[int]) -> dict[int, Score]:
    """The kept scores of many leads."""
    return Score.objects.in_bulk(lead_ids)


def in_order() -> QuerySet[Score]:
    """Open leads in order of work. Call `actions.settle` first, so that leads which cooled have sunk."""
    return Score.objects.filter(is_open=True).order_by("-priority", "-lead")


def work_of(user: User) -> QuerySet[Score]:
    """A user's open leads in order of work: one index range."""
    return in_order().filter(owner=user)


def hot_floor(*, now: datetime) -> float:
    """The heat from which a lead is hot now: the order by heat never changes, only this floor rises."""
    force = playbook.in_force()
    half_life = force.playbook.half_life
    return interest.threshold(force.playbook.temperature.hot, now, epoch=force.epoch, half_life=half_life)
