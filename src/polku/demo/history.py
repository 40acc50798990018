"""Turns the simulated past into what the ways in hand over, 500 at a time."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import batched
from typing import Final

import msgspec

from polku.capture import actions as capture_actions
from polku.capture.inputs import Captured, Outcome
from polku.crm.inputs import CompanyInput, Key, LeadInput, PersonInput, StageStep
from polku.demo.colleagues import Staff
from polku.rules.stages import OPPORTUNITY, Stage
from polku.simulator.records import (
    Account,
    CompanyRecord,
    LeadRecord,
    PersonRecord,
    SignalRecord,
    TouchRecord,
)
from polku.tracking.inputs import SignalInput, TouchInput

SYSTEM: Final = "demo"
AT_ONCE: Final = 500
_LEFT_SALES: Final = frozenset({Stage.NURTURE, Stage.DISQUALIFIED})
WORKED: Final = frozenset({Stage.ACCEPTED, Stage.SQL}) | OPPORTUNITY


class Worked(msgspec.Struct, frozen=True, kw_only=True):
    """An open lead that a rep works on at the end of the history."""

    record: LeadRecord
    lead_id: int
    person_id: int


class Past(msgspec.Struct, kw_only=True):
    """What was loaded."""

    companies: int = 0
    people: int = 0
    leads: int = 0
    signals: int = 0
    worked: list[Worked] = []


def load_past(accounts: Iterable[Account], staff: Staff, *, now: datetime, progress: Callable[[str], None]) -> Past:
    """Load companies, people, leads, signals and touches with their dates, then what became known later."""
    past = Past()
    learnt: list[Captured] = []
    pairs = (pair for account in _counted(accounts, past, learnt) for pair in _captured(account, staff))
    for chunk in batched(pairs, AT_ONCE):
        outcomes = capture_actions.receive([captured for captured, _ in chunk], now=now)
        past.worked += _worked(chunk, outcomes)
        past.signals += sum(len(captured.signals) for captured, _ in chunk)
        progress(f"{past.people:,} people, {past.leads:,} leads, {past.signals:,} signals")
    for late in batched(learnt, AT_ONCE):
        capture_actions.receive(late, now=now)
    return past


def _counted(accounts: Iterable[Account], past: Past, learnt: list[Captured]) -> Iterator[Account]:
    for account in accounts:
        past.companies += 1
        past.people += len(account.people)
        past.leads += len(account.leads)
        learnt += _learnt_later(account)
        yield account


def _captured(account: Account, staff: Staff) -> Iterator[tuple[Captured, LeadRecord | None]]:
    """A captured thing for every lead, and for every person who has none."""
    people = {person.key: person for person in account.people}
    for lead in sorted(account.leads, key=lambda lead: lead.steps[-1].at):
        yield _of_lead(account.company, people.pop(lead.person_key, None), lead, staff), lead
    for person in people.values():
        signals = tuple(_signal(signal) for key, signal in account.reading if key == person.key)
        yield _of_person(account.company, person, signals), None


def _of_lead(company: CompanyRecord, person: PersonRecord | None, lead: LeadRecord, staff: Staff) -> Captured:
    """`person` is None at the second lead of the same one."""
    return Captured(
        source=f"{SYSTEM}:{lead.source}",
        person=person_input(person) if person else PersonInput(),
        company=company_input(company),
        lead=LeadInput(
            title=lead.title,
            topic=lead.topic,
            source=lead.source,
            source_detail=lead.source_detail,
            currency="EUR",
            close_reason=lead.close_reason,
            annual_volume=lead.annual_volume,
            created_at=lead.created_at,
            owner_id=None if lead.stage in _LEFT_SALES else staff.id_of(lead.rep),
            steps=tuple(StageStep(step.stage, step.at) for step in lead.steps),
        ),
        person_key=Key(SYSTEM, lead.person_key),
        company_key=Key(SYSTEM, company.key),
        lead_key=Key(SYSTEM, lead.key),
        signals=tuple(_signal(signal, known_at=lead.created_at, message=lead.message) for signal in lead.signals),
        touches=tuple(touch_input(touch) for touch in lead.touches),
        known_at=lead.created_at,
    )


def _of_person(company: CompanyRecord, person: PersonRecord, signals: tuple[SignalInput, ...]) -> Captured:
    return Captured(
        source=f"{SYSTEM}:list",
        person=person_input(person),
        company=company_input(company),
        person_key=Key(SYSTEM, person.key),
        company_key=Key(SYSTEM, company.key),
        signals=signals,
        opens_lead=False,
        known_at=person.created_at,
    )


def _learnt_later(account: Account) -> Iterator[Captured]:
    """Facts that nobody knew when the lead came: the value of the deal, the revenue of those who bought."""
    for lead in account.leads:
        known_at = next((step.at for step in lead.steps if step.stage is Stage.PROPOSAL), None)
        if lead.annual_value is not None and known_at is not None:
            yield Captured(
                source=f"{SYSTEM}:sales",
                lead=LeadInput(annual_value=lead.annual_value, currency="EUR", created_at=lead.created_at),
                person_key=Key(SYSTEM, lead.person_key),
                lead_key=Key(SYSTEM, lead.key),
                known_at=known_at,
            )
    if account.company.revenue_known_at:
        yield Captured(
            source=f"{SYSTEM}:register",
            company=CompanyInput(domain=account.company.domain, annual_revenue=account.company.annual_revenue),
            person_key=Key(SYSTEM, account.people[0].key),
            company_key=Key(SYSTEM, account.company.key),
            opens_lead=False,
            known_at=account.company.revenue_known_at,
        )


def _worked(chunk: Iterable[tuple[Captured, LeadRecord | None]], outcomes: Iterable[Outcome]) -> list[Worked]:
    pairs = zip(chunk, outcomes, strict=True)
    return [
        Worked(record=lead, lead_id=outcome.lead_id, person_id=outcome.person_id)
        for (_, lead), outcome in pairs
        if lead and lead.rep and lead.stage in WORKED and outcome.lead_id and outcome.person_id
    ]


# -- records as the ways in know them


def person_input(person: PersonRecord) -> PersonInput:
    return PersonInput(
        first_name=person.first_name,
        last_name=person.last_name,
        email=person.email,
        phone=person.phone,
        job_title=person.job_title,
        country=person.country,
        language=person.language,
    )


def company_input(company: CompanyRecord) -> CompanyInput:
    return CompanyInput(
        name=company.name,
        domain=company.domain,
        website=f"https://www.{company.domain}",
        industry=company.industry,
        country=company.country,
        city=company.city,
        phone=company.phone,
        business_id=company.business_id,
        employees=company.employees,
    )


def touch_input(touch: TouchRecord) -> TouchInput:
    return TouchInput(
        at=touch.at,
        channel=touch.channel,
        source=touch.source,
        medium=touch.medium,
        campaign=touch.campaign,
        referrer=touch.referrer,
        landing=touch.landing,
    )


def _signal(signal: SignalRecord, *, known_at: datetime | None = None, message: str = "") -> SignalInput:
    """What a visitor did is known from the moment they said who they are."""
    return SignalInput(
        kind=signal.kind,
        at=signal.at,
        path=signal.path,
        topic=signal.topic,
        details={"message": message} if message and signal.key.endswith("-raise") else {},
        key=f"{SYSTEM}:{signal.key}",
        known_at=max(signal.at, known_at or signal.at),
    )


def signal_inputs(signals: Iterable[SignalRecord], *, message: str = "") -> tuple[SignalInput, ...]:
    return tuple(_signal(signal, message=message) for signal in signals)
