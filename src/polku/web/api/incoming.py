"""Turns leads of the API into what the capture room receives."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from polku.capture.inputs import Captured, Outcome
from polku.crm.inputs import CompanyInput, Key, LeadInput, PersonInput
from polku.rules import touch as touches
from polku.rules.channels import channel_of_origin
from polku.tracking.inputs import ConsentInput, SignalInput, TouchInput
from polku.web.api import schemas

if TYPE_CHECKING:
    from polku.accounts.models import ApiKey


def captured(given: schemas.LeadIn, *, api_key: "ApiKey", now: datetime) -> Captured:
    """One lead of the API as a capture; signal keys are the caller's own, so each API key has its own room for them."""
    source = f"api:{api_key.pk}"
    touch = _touch(given.came, now=now) if given.came else None
    external = given.external_id
    return Captured(
        source=source,
        person=PersonInput(**given.person.model_dump()),
        company=CompanyInput(**given.company.model_dump()),
        lead=LeadInput(
            title=given.title,
            topic=given.topic,
            source=_source(given.source, touch),
            source_detail=given.source,
            annual_volume=given.annual_volume,
            annual_value=given.annual_value,
            currency=given.currency,
        ),
        lead_key=Key(external.system, external.key) if external else None,
        signals=tuple(_signal(one, source=source, now=now) for one in given.signals),
        touches=(touch,) if touch else (),
        consents=tuple(_consent(one, source=source, now=now) for one in given.consents),
        note=given.note,
    )


def _source(text: str, touch: TouchInput | None) -> str:
    channel = channel_of_origin(text)
    if channel:
        return str(channel)
    return touch.channel if touch and not text else text[:40]


def _signal(given: schemas.SignalIn, *, source: str, now: datetime) -> SignalInput:
    return SignalInput(
        kind=given.kind,
        at=given.at or now,
        path=given.path,
        topic=given.topic,
        details=dict(given.details),
        key=f"{source}:{given.key}" if given.key else None,
    )


def _touch(given: schemas.CameIn, *, now: datetime) -> TouchInput:
    came = touches.touch(given.url, given.referrer, ())
    return TouchInput(
        at=given.at or now,
        channel=str(came.channel),
        source=came.source,
        medium=came.medium,
        campaign=came.campaign,
        term=came.term,
        content=came.content,
        click_id_kind=came.click_id_kind,
        click_id=came.click_id,
        referrer=given.referrer[:500],
        landing=given.url[:500],
        extra=dict(came.extra),
    )


def _consent(given: schemas.ConsentIn, *, source: str, now: datetime) -> ConsentInput:
    return ConsentInput(
        purpose=given.purpose,
        given=given.given,
        text=given.text,
        text_version=given.text_version,
        source=source,
        at=given.at or now,
    )


def outcome(one: Outcome, *, url: str) -> dict[str, Any]:
    """What became of one lead, as the API tells it."""
    return {
        "lead_id": one.lead_id,
        "person_id": one.person_id,
        "company_id": one.company_id,
        "made_lead": one.made_lead,
        "made_person": one.made_person,
        "made_company": one.made_company,
        "changed": list(one.changed),
        "url": url,
    }
