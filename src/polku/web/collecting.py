"""What the collector does with a group of arrivals, in one transaction: stored, identified, counted as interest."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec
from django.db import transaction
from django.tasks import task
from django.utils import timezone

from polku.capture import actions as capture
from polku.capture.inputs import Captured
from polku.crm.inputs import CompanyInput, PersonInput
from polku.news import actions as news
from polku.news.events import SignalsRecorded
from polku.playbook.errors import NoPlaybookInForce
from polku.scoring import stirring, visitors
from polku.tracking import gateways, identifying, settling, sightings
from polku.tracking.arrivals import Arrival, Claim
from polku.tracking.identifying import Introduced
from polku.tracking.inputs import VisitorRef
from polku.tracking.models import IdentificationKind
from polku.web import way

MOMENT: Final = 0.5  # seconds
SETTLES_AFTER: Final = timedelta(seconds=6)  # within it a mail gateway has clicked its other links


@transaction.atomic(savepoint=False)
def store(arrivals: Sequence[Arrival], *, now: datetime) -> settling.Placed:
    """Store a group whole or not at all. Leads go their way after the commit: see `wiring`."""
    placed = settling.place(arrivals, now=now)
    with suppress(NoPlaybookInForce):  # a new installation: sums are counted when there is a playbook
        visitors.add(placed.signals)
    sightings.note(arrivals, now=now)
    if placed.lead_ids:
        stirring.note(placed.lead_ids)
        _walk_soon(now=now)
    gateways.keep_clicks(arrivals, placed.visitors)
    for arrival in arrivals:
        for claim in arrival.claims:
            _settle_later(arrival, claim, now=now)
    return placed


def _walk_soon(*, now: datetime) -> None:
    """One job for all that is collected within a moment: a lead whose visitor clicks on is not walked at each click."""
    slot = int(now.timestamp() / MOMENT) + 1
    if slot > _asked[0]:
        at = datetime.fromtimestamp(slot * MOMENT, UTC)
        news.enqueue(walk_stirred, now=now, run_at=at, unique_key=f"stirred:{slot}")
        transaction.on_commit(lambda: _asked.__setitem__(0, slot))


_asked = [0]  # the last moment for which this process has asked


@task
def walk_stirred() -> None:
    """Count what known visitors did, a chunk a transaction, until nothing is left."""
    while way.walk_stirred(now=timezone.now()):
        pass


def _settle_later(arrival: Arrival, claim: Claim, *, now: datetime) -> None:
    news.enqueue(
        introduce,
        kwargs={"site_key": arrival.site.key, "token": arrival.token, "claim": msgspec.to_builtins(claim)},
        now=now,
        run_at=now + SETTLES_AFTER if claim.kind == IdentificationKind.MAIL else now,
        unique_key=f"claim:{claim.evidence}",
    )


@task
def introduce(*, site_key: str, token: str, claim: dict[str, Any]) -> None:
    """A visitor has proven who they are: by the link of a mail, or by a login that the website signed."""
    told, now = msgspec.convert(claim, Claim), timezone.now()
    with transaction.atomic():
        if told.person_id is None:
            _log_in(site_key, token, told, now=now)
        elif marked := gateways.gateways_at(told.person_id, told.at):
            visitors.forget(marked)
        else:
            _join(site_key, token, told, told.person_id, now=now)


def _join(site_key: str, token: str, told: Claim, person_id: int, *, now: datetime) -> None:
    introduced = Introduced(
        site_key=site_key, token=token, person_id=person_id, kind=told.kind, at=told.at, evidence=told.evidence
    )
    joined = identifying.identify([introduced], now=now)
    if joined.lead_ids:
        news.publish(SignalsRecorded(person_ids=joined.person_ids, lead_ids=joined.lead_ids), now=now)


def _log_in(site_key: str, token: str, told: Claim, *, now: datetime) -> None:
    """Who logs in is a person, but no lead yet: that takes a wish."""
    given = told.details
    person = PersonInput(
        email=given.get("email", ""), first_name=given.get("first_name", ""), last_name=given.get("last_name", "")
    )
    captured = Captured(
        source=f"login:{site_key}",
        person=person,
        company=CompanyInput(name=given.get("company", "")),
        opens_lead=False,
        trusted=False,
        visitor=VisitorRef(site_key=site_key, token=token, kind=told.kind, at=told.at, evidence=told.evidence),
    )
    capture.receive([captured], now=now)
