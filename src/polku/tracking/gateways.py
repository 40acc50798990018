"""Tells the clicks of a mail gateway, which opens every link of a mail to test it, from those of its reader."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from polku.rules import gateways as rules
from polku.tracking.arrivals import Arrival
from polku.tracking.models import MailClick, Signal, Visitor

AROUND: Final = timedelta(seconds=30)


def keep_clicks(arrivals: Sequence[Arrival], visitor_ids: dict[tuple[int, str], int]) -> None:
    """Remember which links of mails were clicked, whoever did: a gateway comes as another visitor each time."""
    MailClick.objects.bulk_create(
        MailClick(person_id=claim.person_id, visitor_id=visitor_id, at=claim.at, link=claim.link[:500])
        for arrival in arrivals
        for claim in arrival.claims
        if claim.person_id is not None and (visitor_id := visitor_ids.get((arrival.site.id, arrival.token))) is not None
    )


@transaction.atomic(savepoint=False)
def gateways_at(person_id: int, at: datetime) -> list[int]:
    """The visitors that clicked around a moment as a gateway does; they are marked, and count for nothing from now on.

    Empty when it was the reader. Somebody known by a form or a login is never marked.
    """
    clicks = list(MailClick.objects.filter(person=person_id, at__range=(at - AROUND, at + AROUND)).order_by("at"))
    visitor_ids = {click.visitor_id for click in clicks}
    reads = Signal.objects.filter(visitor__in=visitor_ids, kind="page_read", at__gte=at - AROUND)
    told = [rules.Click(at=click.at, link=click.link) for click in clicks]
    bursts = rules.bursts(told, reads=sorted(reads.values_list("at", flat=True)))
    burst = next((each for each in bursts if each.clicks[0].at <= at <= each.clicks[-1].at), None)
    if burst is None or burst.gateway is None:
        return []
    within = (burst.clicks[0].at, burst.clicks[-1].at)
    marked = [click.visitor_id for click in clicks if within[0] <= click.at <= within[1]]
    Visitor.objects.filter(pk__in=marked, person__isnull=True).update(is_bot=True)
    return sorted(set(marked))
