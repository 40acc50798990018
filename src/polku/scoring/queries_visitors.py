"""Reads of the interest of visitors: how warm each is, who is hot now, and one visitor's number opened."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from django.db.models import Q, QuerySet

from polku.accounts import queries as accounts
from polku.accounts.models import User
from polku.crm import queries_search as crm
from polku.playbook import queries as playbook
from polku.rules import interest
from polku.rules.reasons import Reason
from polku.scoring.models import Score, VisitorInterest
from polku.scoring.queries import hot_floor
from polku.scoring.queries_leads import Cursor, Order, read_cursor
from polku.tracking import queries_visitors as tracking

BY_HEAT: Final = Order("interest")
CURVE_DAYS: Final = 90


class Warmth(msgspec.Struct, frozen=True, kw_only=True):
    """How warm a visitor is now."""

    temperature: str
    interest: float
    topics: tuple[str, ...] = ()


class HotLeads(msgspec.Struct, frozen=True, kw_only=True):
    """A page of leads that are hot now, the hottest first; `after` is empty on the last one."""

    rows: list[Score]
    after: str = ""


class WarmVisitors(msgspec.Struct, frozen=True, kw_only=True):
    """A page of unknown visitors that are hot or warm now, the hottest first."""

    rows: list[VisitorInterest]
    after: str = ""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One visitor's interest now; it is the sum of its terms."""

    version: int
    temperature: str
    interest: float
    terms: tuple[Reason, ...]
    worth: dict[int, float]
    buying_stage: str
    topics: tuple[str, ...]
    curve: list[float]
    curve_start: datetime
    levels: tuple[float, float]
    half_life: timedelta


def warmth_of(visitor_ids: Iterable[int], *, now: datetime) -> dict[int, Warmth]:
    """How warm visitors are now; those of whom nothing counts yet are left out."""
    rows = VisitorInterest.objects.in_bulk(list(visitor_ids))
    return warmths(rows.values(), now=now)


def warmths(rows: Iterable[VisitorInterest], *, now: datetime) -> dict[int, Warmth]:
    """The same of interests that were read already."""
    force = playbook.in_force()
    one_point = interest.growth(now, epoch=force.epoch, half_life=force.playbook.half_life)
    return {
        row.visitor_id: Warmth(
            temperature=str(interest.temperature(row.heat, now, playbook=force.playbook, epoch=force.epoch)),
            interest=row.heat / one_point,
            topics=interest.top_topics(interest.Heat(topics=row.topics), most=3),
        )
        for row in rows
    }


def hot_leads(user: User, *, after: str = "", limit: int, now: datetime) -> HotLeads:
    """Open leads that are hot now and that the user may see: one range of the index by heat."""
    rows = Score.objects.filter(_theirs(user), is_open=True, heat__gte=hot_floor(now=now))
    rows = _past(rows, after).select_related("lead__person", "lead__company", "owner")
    found = list(rows.order_by("-heat", "-lead")[: limit + 1])
    return HotLeads(rows=found[:limit], after=_after(found, limit))


def _theirs(user: User) -> Q:
    """The same leads as `crm.queries.visible_leads`, by the score's own columns: the index by heat stays in use."""
    if crm.sees_all(user):
        return Q()
    teams = sorted(accounts.team_ids_of([user.pk])[user.pk])
    return Q(owner=user) | Q(team__in=teams) | Q(lead__company__owner=user)


def warm_visitors(*, after: str = "", limit: int, now: datetime) -> WarmVisitors:
    """Unknown visitors that are hot or warm now: one range of the index by heat."""
    force = playbook.in_force()
    warm = force.playbook.temperature.warm
    floor = interest.threshold(warm, now, epoch=force.epoch, half_life=force.playbook.half_life)
    rows = VisitorInterest.objects.filter(heat__gte=floor, visitor__person__isnull=True, visitor__is_bot=False)
    rows = _past(rows, after).select_related("visitor__visit")
    found = list(rows.order_by("-heat", "-pk")[: limit + 1])
    return WarmVisitors(rows=found[:limit], after=_after(found, limit))


def _past[Row: (Score, VisitorInterest)](rows: QuerySet[Row], after: str) -> QuerySet[Row]:
    cursor = read_cursor(after, BY_HEAT) if after else None
    if cursor is None:
        return rows
    behind = Q(heat__lt=cursor.value) | Q(heat=cursor.value, pk__lt=cursor.pk)
    return rows.filter(behind, heat__lte=cursor.value)


def _after(found: Sequence[Any], limit: int) -> str:
    return Cursor(found[limit - 1].heat, found[limit - 1].pk).text() if len(found) > limit else ""


def tell(visitor_id: int, *, now: datetime) -> Told:
    """What a visitor did, weighed by the playbook in force, with every reason."""
    force, signals = playbook.in_force(), tracking.facts_of_visitor(visitor_id)
    book, epoch = force.playbook, force.epoch
    heat = interest.tally(signals, book, epoch=epoch)
    start = now - timedelta(days=CURVE_DAYS)
    times = [start + timedelta(days=day) for day in range(CURVE_DAYS + 1)]
    return Told(
        version=force.number,
        temperature=str(interest.temperature(heat.total, now, playbook=book, epoch=epoch)),
        interest=interest.interest_at(heat.total, now, epoch=epoch, half_life=book.half_life),
        terms=interest.terms(signals, book, epoch=epoch, now=now),
        worth=interest.worth(signals, book),
        buying_stage=str(interest.buying_stage(heat) or ""),
        topics=interest.top_topics(heat),
        curve=interest.curve(signals, book, epoch=epoch, times=times),
        curve_start=start,
        levels=(book.temperature.warm, book.temperature.hot),
        half_life=book.half_life,
    )
