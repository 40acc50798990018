"""What a colleague types in: a phone call, a lead met in person."""

from datetime import datetime
from decimal import Decimal
from typing import Final

import msgspec
from django.db import transaction

from polku.accounts import actions as accounts_actions
from polku.accounts.models import User
from polku.capture.actions import receive
from polku.capture.inputs import Captured
from polku.crm import actions as crm_actions
from polku.crm import queries as crm
from polku.crm.inputs import CompanyInput, LeadInput, PersonInput
from polku.news import actions as news_actions
from polku.news.events import LeadsAnswered
from polku.tracking import actions as tracking_actions
from polku.tracking.inputs import Observed, SignalInput

CALL: Final = "call"
REACHED: Final = "reached"


class NextStep(msgspec.Struct, frozen=True, kw_only=True):
    """What the colleague will do, and by when."""

    title: str
    due_at: datetime | None = None


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One phone call. `is_inbound` when they rang us."""

    outcome: str
    is_inbound: bool = False
    note: str = ""
    next_step: NextStep | None = None


class TypedLead(msgspec.Struct, frozen=True, kw_only=True):
    """A person and their interest as a colleague wrote them down; country and industry are read already."""

    person: PersonInput
    company: CompanyInput = CompanyInput()
    topic: str = ""
    title: str = ""
    source: str = ""
    annual_value: Decimal | None = None
    note: str = ""
    owner_id: int | None = None
    next_step: NextStep | None = None


@transaction.atomic
def log_call(lead_id: int, *, call: Call, now: datetime, by: User) -> int:
    """Log a call with somebody known. Raises LeadNotVisible when the lead is not theirs to see."""
    lead = crm.access_lead(by, lead_id)
    if call.note:
        crm_actions.add_notes([crm_actions.NewNote(lead_id=lead_id, text=call.note)], now=now, by=by)
    _plan(call.next_step, lead_id=lead_id, now=now, by=by)
    observed = Observed(person_id=lead.person_id, lead_id=lead_id, signals=(_signal(call, now=now, by=by),))
    tracking_actions.observe([observed], now=now)
    news_actions.publish(LeadsAnswered(lead_ids=(lead_id,)), now=now)
    _audit("call_logged", lead_id, now=now, by=by, outcome=call.outcome)
    return lead_id


@transaction.atomic
def log_call_with_new(lead: TypedLead, *, call: Call, now: datetime, by: User) -> int:
    """Log a call with somebody new; whoever is known by e-mail or phone after all is found again."""
    captured = msgspec.structs.replace(_captured(lead, by=by), signals=(_signal(call, now=now, by=by),), note=call.note)
    lead_id = _receive(captured, now=now, by=by)
    _plan(call.next_step, lead_id=lead_id, now=now, by=by)
    _audit("call_logged", lead_id, now=now, by=by, outcome=call.outcome)
    return lead_id


@transaction.atomic
def add_lead(lead: TypedLead, *, now: datetime, by: User) -> int:
    """Add a lead by hand; answers the lead, which may be the open one the person already has."""
    lead_id = _receive(_captured(lead, by=by), now=now, by=by)
    _plan(lead.next_step, lead_id=lead_id, now=now, by=by)
    _audit("lead_typed", lead_id, now=now, by=by)
    return lead_id


def _captured(lead: TypedLead, *, by: User) -> Captured:
    return Captured(
        source=f"user:{by.pk}",
        person=lead.person,
        company=lead.company,
        lead=LeadInput(
            title=lead.title,
            topic=lead.topic,
            source=lead.source,
            annual_value=lead.annual_value,
            owner_id=lead.owner_id,
        ),
        note=lead.note,
    )


def _receive(captured: Captured, *, now: datetime, by: User) -> int:
    lead_id = receive([captured], now=now, by=by)[0].lead_id
    assert lead_id is not None, "a capture that opens a lead answers one"
    return lead_id


def _signal(call: Call, *, now: datetime, by: User) -> SignalInput:
    direction = "in" if call.is_inbound else "out"
    return SignalInput(kind=CALL, at=now, details={"outcome": call.outcome, "direction": direction, "by": by.name})


def _plan(step: NextStep | None, *, lead_id: int, now: datetime, by: User) -> None:
    if step:
        task = crm_actions.NewTask(title=step.title, owner_id=by.pk, due_at=step.due_at, lead_id=lead_id)
        crm_actions.add_tasks([task], now=now, by=by)


def _audit(verb: str, lead_id: int, *, now: datetime, by: User, **details: str) -> None:
    accounts_actions.audit(verb, subject="lead", subject_id=lead_id, by=by, now=now, details=details)
