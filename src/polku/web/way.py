"""The way of a lead: scored, assessed, routed, in one transaction; and what follows from each kind of news."""

from collections.abc import Iterable, Sequence
from contextvars import ContextVar
from datetime import datetime

from django.db import transaction

from polku.accounts import queries as accounts
from polku.crm import queries as crm
from polku.news import actions as news
from polku.news.events import (
    FactsChanged,
    LeadOverflowed,
    LeadsAccepted,
    LeadsAnswered,
    LeadsCaptured,
    LeadsRescored,
    LeadsRouted,
    PlaybookActivated,
    SignalsRecorded,
    SlaLapsed,
    SlaWarned,
    StagesChanged,
)  # fmt: skip
from polku.notifications import actions as notifications
from polku.notifications.actions import Telling
from polku.playbook import queries as playbook
from polku.qualification import actions as qualification
from polku.routing import actions as routing
from polku.rules.stages import CLOSED, Stage
from polku.scoring import actions as scoring
from polku.scoring import queries as scores
from polku.scoring import stirring, visitors

_walking: ContextVar[frozenset[int]] = ContextVar("_walking", default=frozenset())
_LEFT_SALES = {Stage.NURTURE, Stage.DISQUALIFIED}


def walk(event: LeadsCaptured | SignalsRecorded | FactsChanged, now: datetime) -> None:
    """Score the leads, move them to the stage they have reached, give those that are ready to a rep."""
    walk_leads(event.lead_ids, now=now)


def walk_leads(lead_ids: Sequence[int], *, now: datetime) -> None:
    """The whole way for any number of leads; the caller's transaction holds it together."""
    force = playbook.in_force()
    scored = scores.scored(lead_ids, force=force, now=now)
    token = _walking.set(_walking.get() | scored.keys())
    try:
        ready = qualification.assess(scored, force=force, now=now)
        routing.route(ready, force=force, now=now)
    finally:
        _walking.reset(token)
    scoring.keep(scored, number=force.number, now=now)


def _follow(lead_ids: Iterable[int], *, now: datetime) -> None:
    """Lists show leads in their new place; those on their way are shown there once, where it ends."""
    scoring.follow([lead_id for lead_id in lead_ids if lead_id not in _walking.get()], now=now)


def walk_stirred(*, now: datetime) -> bool:
    """Walk leads whose visitors did something that is not counted yet; whether there were any.

    In a transaction of its own, so that the collector need not wait; a crash in the middle leaves them to be walked.
    """
    with transaction.atomic():
        lead_ids = stirring.take()
        if lead_ids:
            walk_leads(lead_ids, now=now)
            news.publish(LeadsRescored(lead_ids=tuple(lead_ids)), now=now)
    return bool(lead_ids)


def follow_owners(event: LeadsRouted, now: datetime) -> None:
    """Lists show the lead in its new owner's place."""
    _follow(event.lead_ids, now=now)


def stop_clocks(event: LeadsAnswered, now: datetime) -> None:
    """Sales has been in touch: what was promised is answered."""
    routing.answer(event.lead_ids, now=now)


def go_on(event: LeadsAccepted, now: datetime) -> None:
    """Sales has answered: the clock stops, and what already speaks for SQL moves the lead on."""
    routing.answer(event.lead_ids, now=now)
    qualification.assess_now(event.lead_ids, now=now)
    _follow(event.lead_ids, now=now)


def settle_stages(event: StagesChanged, now: datetime) -> None:
    """Leads that left sales go back to marketing, clocks of closed ones stop, lists follow."""
    left = [change.lead_id for change in event.changes if change.now in _LEFT_SALES]
    closed = [change.lead_id for change in event.changes if change.now in CLOSED and change.lead_id not in left]
    if left:
        routing.release(left, now=now)
    if closed:
        routing.answer(closed, now=now)
    _follow([change.lead_id for change in event.changes], now=now)


def walk_base(event: PlaybookActivated, now: datetime) -> None:
    """A new definition: every lead is scored by it, and those that now reach their mark go on, 500 a transaction."""
    for lead_ids in scoring.all_leads():
        with transaction.atomic():
            walk_leads(lead_ids, now=now)
    visitors.recount_all()


def tell_owners(event: LeadsRouted, now: datetime) -> None:
    """Tell each rep of the lead that is now theirs."""
    rows = crm.owners_of(event.lead_ids)
    notifications.tell([Telling(user_id=owner, kind="lead_routed", lead_id=lead) for lead, owner in rows], now=now)


def raise_alarm(event: LeadOverflowed, now: datetime) -> None:
    """Nobody could take the lead: whoever the playbook names is told."""
    watchers = accounts.watchers_of(event.queue)
    notifications.tell(
        [
            Telling(user_id=user, kind="overflow", lead_id=lead, details={"queue": event.queue})
            for lead in event.lead_ids
            for user in watchers
        ],
        now=now,
    )


def warn_owners(event: SlaWarned, now: datetime) -> None:
    """Remind each rep of a promise that is about to break."""
    rows = crm.owners_of(event.lead_ids)
    notifications.tell([Telling(user_id=owner, kind="sla_warned", lead_id=lead) for lead, owner in rows], now=now)


def tell_lapse(event: SlaLapsed, now: datetime) -> None:
    """A promise was broken: the rep and their manager are told."""
    rows = crm.owners_of(event.lead_ids)
    managers = accounts.managers_of({owner for _, owner in rows})
    told = [(lead, owner) for lead, owner in rows] + [
        (lead, managers[owner]) for lead, owner in rows if owner in managers
    ]
    notifications.tell([Telling(user_id=user, kind="sla_lapsed", lead_id=lead) for lead, user in told], now=now)
