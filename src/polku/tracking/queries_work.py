"""Reads of signals and touches for lists: the newest of many leads at once."""

from collections.abc import Iterable
from datetime import datetime

import msgspec
from django.db.models import F, Window
from django.db.models.functions import RowNumber

from polku.rules import facts
from polku.rules.channels import Channel
from polku.tracking.models import Signal, Touch

_BY_ADDRESS = frozenset({Channel.DIRECT, Channel.INTERNAL})
_COLUMNS = ("lead_id", "pk", "kind", "at", "path", "topic")


class Came(msgspec.Struct, frozen=True, kw_only=True):
    """How a lead came the last time."""

    channel: str
    source: str
    campaign: str


def newest_signals(lead_ids: Iterable[int], *, since: datetime, most: int = 40) -> dict[int, list[facts.Signal]]:
    """Up to `most` signals of each lead since a moment, newest first, without how long pages were read; one query."""
    rank = Window(RowNumber(), partition_by=F("lead"), order_by=[F("at").desc(), F("pk").desc()])
    recent = Signal.objects.filter(lead__in=list(lead_ids), at__gte=since).exclude(kind="page_read")
    rows = recent.annotate(rank=rank).filter(rank__lte=most)
    found: dict[int, list[facts.Signal]] = {}
    for lead_id, pk, kind, at, path, topic in rows.order_by("lead", "rank").values_list(*_COLUMNS):
        signal = facts.Signal(id=pk, kind=kind, at=at, path=path or None, topic=topic or None)
        found.setdefault(lead_id or 0, []).append(signal)
    return found


def ways_in(lead_ids: Iterable[int]) -> dict[int, Came]:
    """The newest touch of each lead that has one; one query. Who comes back by the address alone came as before."""
    rows = Touch.objects.filter(lead__in=list(lead_ids)).order_by("at", "pk")
    found: dict[int, Came] = {}
    for lead_id, channel, source, campaign in rows.values_list("lead_id", "channel", "source", "campaign"):
        if lead_id is not None and (lead_id not in found or channel not in _BY_ADDRESS):
            found[lead_id] = Came(channel=channel, source=source, campaign=campaign)
    return found
