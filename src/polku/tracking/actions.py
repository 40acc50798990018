"""Records what people did, how they came and what they allowed: append-only, a repeated key changes nothing."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from django.db import transaction

from polku import tables
from polku.news import actions as news_actions
from polku.news.events import SignalsRecorded
from polku.tracking.inputs import Observed
from polku.tracking.models import Consent, Signal, Touch

_known_keys = tables.Read(lambda keys: Signal.objects.filter(key__among=keys).values_list("key", flat=True))


@transaction.atomic(savepoint=False)
def record(observed: Sequence[Observed], *, now: datetime) -> list[int]:
    """Keep signals, touches and consents of many people; answers the leads that got a new signal or touch."""
    fresh = _without_known(observed)
    signals = [
        tables.fresh(
            Signal,
            person_id=one.person_id,
            lead_id=one.lead_id,
            kind=signal.kind,
            at=signal.at,
            known_at=signal.known_at or now,
            path=signal.path[:500],
            topic=signal.topic[:80],
            details=dict(signal.details),
            key=signal.key,
        )
        for one in fresh
        for signal in one.signals
    ]
    tables.append(signals)
    tables.append(_touches(fresh))
    tables.append(_consents(fresh))
    return sorted({one.lead_id for one in fresh if one.lead_id and (one.signals or one.touches)})


@transaction.atomic(savepoint=False)
def observe(observed: Sequence[Observed], *, now: datetime) -> None:
    """Record what happened outside a capture, and start the way for the leads it speaks of."""
    leads = tuple(record(observed, now=now))
    if leads:
        people = tuple(sorted({one.person_id for one in observed}))
        news_actions.publish(SignalsRecorded(person_ids=people, lead_ids=leads), now=now)


def _without_known(observed: Sequence[Observed]) -> list[Observed]:
    """Leave out signals whose key is already recorded: a retry of the same event is not a second event."""
    keys = {signal.key for one in observed for signal in one.signals if signal.key}
    if not keys:
        return list(observed)
    seen: set[str | None] = set(_known_keys(keys))
    kept: list[Observed] = []
    for one in observed:
        signals = []
        for signal in one.signals:
            if signal.key is None or signal.key not in seen:
                signals.append(signal)
                seen.add(signal.key)
        kept.append(msgspec.structs.replace(one, signals=tuple(signals)))
    return kept


def _touches(observed: Sequence[Observed]) -> list[Touch]:
    return [
        tables.fresh(
            Touch,
            person_id=one.person_id,
            lead_id=one.lead_id,
            at=touch.at,
            channel=touch.channel[:30],
            source=touch.source[:200],
            medium=touch.medium[:100],
            campaign=touch.campaign[:200],
            term=touch.term[:200],
            content=touch.content[:200],
            click_id_kind=touch.click_id_kind[:20],
            click_id=touch.click_id[:255],
            referrer=touch.referrer[:500],
            landing=touch.landing[:500],
            extra=dict(touch.extra),
        )
        for one in observed
        for touch in one.touches
    ]


def _consents(observed: Sequence[Observed]) -> list[Consent]:
    return [
        tables.fresh(
            Consent,
            person_id=one.person_id,
            purpose=consent.purpose,
            given=consent.given,
            text=consent.text,
            text_version=consent.text_version,
            source=consent.source,
            at=consent.at,
        )
        for one in observed
        for consent in one.consents
    ]


@transaction.atomic(savepoint=False)
def give_to_leads(pairs: Sequence[tuple[int, int]]) -> None:
    """Give a person's signals and touches that belong to no lead yet to their new lead: (person, lead) pairs."""
    for person_id, lead_id in pairs:
        Signal.objects.filter(person=person_id, lead__isnull=True).update(lead=lead_id)
        Touch.objects.filter(person=person_id, lead__isnull=True).update(lead=lead_id)
