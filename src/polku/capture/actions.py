"""Receives what was captured: every way in ends here and fires the same way, a single thing being a batch of one."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from polku.accounts.models import User
from polku.capture.inputs import Captured, Outcome
from polku.crm import actions as crm_actions
from polku.crm.inputs import Kept, LeadInput, Record
from polku.news import actions as news_actions
from polku.news.events import LeadsCaptured
from polku.tracking import actions as tracking_actions
from polku.tracking import identifying
from polku.tracking.identifying import Introduced
from polku.tracking.inputs import Observed


@transaction.atomic(savepoint=False)
def receive(items: Sequence[Captured], *, now: datetime, by: User | None = None) -> list[Outcome]:
    """Keep people, companies, leads, signals and touches of a batch, and start the way for its leads.

    One transaction: callers with many rows hand in 500 at a time. Repeats are harmless: people are known by
    external key, e-mail or phone, leads by external key or as the person's open one, signals by their key.
    """
    identifying.hold([item.visitor for item in items if item.visitor])
    kept = crm_actions.bring_in([record_of(item, now=now) for item in items], by=by)
    _hand_over_past(kept)
    tracking_actions.record(_observed(items, kept), now=now)
    crm_actions.add_notes(_notes(items, kept), now=now, by=by)
    joined = identifying.identify(_introduced(items, kept), now=now)
    leads = tuple(sorted({one.lead_id for one in kept if one.lead_id} | set(joined.lead_ids)))
    if leads:
        news_actions.publish(LeadsCaptured(lead_ids=leads), now=now)
    return [_outcome(one) for one in kept]


def record_of(item: Captured, *, now: datetime) -> Record:
    """What crm takes in of a captured thing."""
    lead = item.lead or (LeadInput() if item.opens_lead else None)
    return Record(
        person=item.person,
        company=item.company,
        lead=lead,
        person_key=item.person_key,
        company_key=item.company_key,
        lead_key=item.lead_key,
        source=item.source,
        overwrites=item.trusted,
        known_at=item.known_at or now,
        facts=item.facts,
    )


def _hand_over_past(kept: Sequence[Kept]) -> None:
    """What a known person did before they had a lead belongs to the lead they now open."""
    pairs = [
        (one.person_id, one.lead_id)
        for one in kept
        if one.person_id and one.lead_id and one.made_lead and not one.made_person
    ]
    tracking_actions.give_to_leads(pairs)


def _observed(items: Sequence[Captured], kept: Sequence[Kept]) -> list[Observed]:
    return [
        Observed(
            person_id=one.person_id,
            lead_id=one.lead_id,
            signals=item.signals,
            touches=item.touches,
            consents=item.consents,
        )
        for item, one in zip(items, kept, strict=True)
        if one.person_id and (item.signals or item.touches or item.consents)
    ]


def _notes(items: Sequence[Captured], kept: Sequence[Kept]) -> list[crm_actions.NewNote]:
    return [
        crm_actions.NewNote(lead_id=one.lead_id, text=item.note)
        for item, one in zip(items, kept, strict=True)
        if item.note and one.lead_id
    ]


def _introduced(items: Sequence[Captured], kept: Sequence[Kept]) -> list[Introduced]:
    return [
        Introduced(
            site_key=item.visitor.site_key,
            token=item.visitor.token,
            person_id=one.person_id,
            kind=item.visitor.kind,
            at=item.visitor.at,
            evidence=item.visitor.evidence or item.source,
        )
        for item, one in zip(items, kept, strict=True)
        if item.visitor and one.person_id
    ]


def _outcome(one: Kept) -> Outcome:
    return Outcome(
        person_id=one.person_id,
        company_id=one.company_id,
        lead_id=one.lead_id,
        made_person=one.made_person,
        made_company=one.made_company,
        made_lead=one.made_lead,
        changed=one.changed,
    )
