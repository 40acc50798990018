"""Gives leads to people, keeps why, and runs the clocks of what was promised."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec
from django.db import transaction

from polku import tables
from polku.accounts import actions as accounts_actions
from polku.accounts import queries as accounts
from polku.accounts.models import User
from polku.crm import actions as crm_actions
from polku.crm.actions import Owned
from polku.news import actions as news_actions
from polku.news.events import LeadOverflowed, LeadsRouted, SlaLapsed, SlaWarned
from polku.playbook import queries as playbook
from polku.playbook.queries import InForce
from polku.routing import choosing, queries
from polku.routing.choosing import Chosen, Desk
from polku.routing.errors import NotAssignable
from polku.routing.models import Assignment, Clock
from polku.rules import sla
from polku.rules.calendars import Calendar, NoWorkingTimeError
from polku.scoring.queries import Scored


@transaction.atomic(savepoint=False)
def route(scored: Mapping[int, Scored], *, force: InForce | None = None, now: datetime) -> dict[int, Chosen]:
    """Give every lead that has nobody to somebody, the most urgent first; answers where each went."""
    waiting = {lead_id: one for lead_id, one in scored.items() if one.case.lead.owner_id is None}
    if not waiting:
        return {}
    force = force or playbook.in_force()
    desk = choosing.open_desk(waiting, force, now=now)
    in_order = sorted(waiting.items(), key=lambda pair: (-pair[1].score.priority, pair[0]))
    chosen = {lead_id: choosing.choose(one, desk, force, now=now) for lead_id, one in in_order}
    _keep(chosen, force, now=now)
    tables.update([desk.turns[key] for key in desk.changed], ["credit", "received"])
    _start_clocks(chosen, waiting, desk, force, now=now)
    _tell(chosen, now=now)
    return chosen


@transaction.atomic(savepoint=False)
def retry(scored: Mapping[int, Scored], *, now: datetime) -> None:
    """Try again for leads in the overflow; those that still find nobody stay where they are, with their clock."""
    force = playbook.in_force()
    desk = choosing.open_desk(scored, force, now=now)
    in_order = sorted(scored.items(), key=lambda pair: (-pair[1].score.priority, pair[0]))
    chosen = {lead_id: choosing.choose(one, desk, force, now=now) for lead_id, one in in_order}
    placed = {lead_id: one for lead_id, one in chosen.items() if one.user_id is not None}
    if placed:
        _keep(placed, force, now=now)
        tables.update([desk.turns[key] for key in desk.changed], ["credit", "received"])
        _start_clocks(placed, scored, desk, force, now=now)
        _tell(placed, now=now)


def _keep(chosen: Mapping[int, Chosen], force: InForce, *, now: datetime) -> None:
    tables.stamp(Assignment, "ended_at", of="lead", ids=list(chosen), at=now)
    rows = [
        tables.fresh(
            Assignment,
            lead_id=lead_id,
            user_id=one.user_id,
            team_id=one.team_id,
            overflow=one.overflow,
            at=now,
            rule=one.rule,
            pick=one.pick,
            playbook=force.number,
            reasons=msgspec.to_builtins(one.reasons),
            excluded=msgspec.to_builtins(one.excluded),
        )
        for lead_id, one in chosen.items()
    ]
    tables.append(rows)
    crm_actions.set_owners(
        [Owned(lead_id=pk, owner_id=one.user_id, team_id=one.team_id) for pk, one in chosen.items() if one.user_id]
    )


def _tell(chosen: Mapping[int, Chosen], *, now: datetime) -> None:
    routed = tuple(lead_id for lead_id, one in chosen.items() if one.user_id is not None)
    if routed:
        news_actions.publish(LeadsRouted(lead_ids=routed), now=now)
    for queue in sorted({one.overflow for one in chosen.values() if one.overflow}):
        lost = tuple(lead_id for lead_id, one in chosen.items() if one.overflow == queue)
        news_actions.publish(LeadOverflowed(lead_ids=lost, queue=queue), now=now)


# -- by hand


@transaction.atomic(savepoint=False)
def assign(
    lead_ids: Sequence[int], *, user_id: int, team_id: int | None = None, note: str = "", now: datetime, by: User
) -> None:
    """A manager gives leads to a user, or a rep takes one from the overflow. Raises NotAssignable."""
    user = accounts.user(user_id)
    if user is None or not user.is_active:
        raise NotAssignable(user_id)
    Assignment.objects.filter(lead__in=lead_ids, ended_at__isnull=True).update(ended_at=now)
    reasons = [{"code": "by_hand", "because": note, "data": {"by": by.name}}]
    Assignment.objects.bulk_create(
        [
            Assignment(lead_id=pk, user=user, team_id=team_id, at=now, by=by, pick="by_hand", reasons=reasons)
            for pk in lead_ids
        ]
    )
    crm_actions.set_owners([Owned(lead_id=pk, owner_id=user_id, team_id=team_id) for pk in lead_ids])
    accounts_actions.audit_many(
        "lead.assigned", subject="lead", subject_ids=lead_ids, by=by, now=now, details={"to": user.name}
    )
    Clock.objects.filter(lead__in=lead_ids, stopped_at__isnull=True).update(user=user)
    news_actions.publish(LeadsRouted(lead_ids=tuple(lead_ids)), now=now)


@transaction.atomic(savepoint=False)
def release(lead_ids: Iterable[int], *, now: datetime) -> None:
    """Take leads that left sales back from their owners: marketing has them again."""
    ids = list(lead_ids)
    Assignment.objects.filter(lead__in=ids, ended_at__isnull=True).update(ended_at=now)
    Clock.objects.filter(lead__in=ids, stopped_at__isnull=True).update(stopped_at=now)
    crm_actions.set_owners([Owned(lead_id=pk, owner_id=None) for pk in ids])


# -- clocks


def _start_clocks(
    chosen: Mapping[int, Chosen], scored: Mapping[int, Scored], desk: Desk, force: InForce, *, now: datetime
) -> None:
    tables.stamp(Clock, "stopped_at", of="lead", ids=list(chosen), at=now)
    clocks = []
    for lead_id, one in chosen.items():
        user = desk.by_user.get(one.user_id) if one.user_id is not None else None
        if clock := _clock(lead_id, scored[lead_id], user.calendar if user else None, force, now=now):
            clock.user_id = one.user_id
            clocks.append(clock)
    tables.append(clocks)


def _clock(lead_id: int, one: Scored, calendar: Calendar | None, force: InForce, *, now: datetime) -> Clock | None:
    """The clock of the first promise that holds; in the overflow it runs at all hours, for nobody's hours are known."""
    rule = sla.promise(
        force.playbook.sla, holds=lambda rule: rule.when is None or rule.when.holds(one.case, one.score, now) is True
    )
    if rule is None:
        return None
    try:
        times = (
            sla.clock(now, respond_within=rule.respond_within, warn_at=rule.warn_at, calendar=calendar)
            if calendar
            else sla.Clock(now, now + rule.warn_at if rule.warn_at else None, now + rule.respond_within)
        )
    except NoWorkingTimeError:
        times = sla.Clock(now, None, now + rule.respond_within)
    return tables.fresh(
        Clock,
        lead_id=lead_id,
        rule=rule.because or str(force.playbook.sla.index(rule) + 1),
        promised_minutes=int(rule.respond_within.total_seconds() // 60),
        started_at=now,
        warn_at=times.warn_at,
        due_at=times.due_at,
    )


@transaction.atomic(savepoint=False)
def answer(lead_ids: Iterable[int], *, now: datetime) -> None:
    """Sales has answered: the clocks of these leads stop, kept or not as the time says."""
    rows = Clock.objects.filter(lead__in=list(lead_ids), stopped_at__isnull=True)
    rows.filter(due_at__lt=now, lapsed_at__isnull=True).update(lapsed_at=now)
    rows.update(answered_at=now, stopped_at=now)


@transaction.atomic(savepoint=False)
def watch(*, now: datetime) -> None:
    """Note the clocks that come due and those that have lapsed, and say so."""
    warned, lapsed = queries.clocks_to_warn(now=now), queries.due_clocks(now=now)
    Clock.objects.filter(pk__in=[clock.pk for clock in warned]).update(warned_at=now)
    Clock.objects.filter(pk__in=[clock.pk for clock in lapsed]).update(lapsed_at=now)
    for kind, clocks in ((SlaWarned, warned), (SlaLapsed, lapsed)):
        if clocks:
            ids, leads = zip(*((clock.pk, clock.lead_id) for clock in clocks), strict=True)
            news_actions.publish(kind(clock_ids=ids, lead_ids=leads), now=now)
