"""Reads of visitors: who is here, what a browser did visit by visit, and who it turned out to be."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

import msgspec
from django.db.models import Count, DateTimeField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from polku.rules import facts
from polku.tracking.models import Identification, Signal, Touch, Visit, Visitor
from polku.tracking.settling import SEEN_EVERY

_EVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
_COLUMNS: Final = ("pk", "kind", "at", "path", "topic")


class VisitCursor(msgspec.Struct, frozen=True):
    """Where a page of visits ends: the start and id of its last visit."""

    started_at: datetime
    pk: int

    def text(self) -> str:
        return f"{self.started_at.isoformat()}_{self.pk}"


def read_cursor(text: str) -> VisitCursor | None:
    """A cursor out of an address; None when it cannot be one."""
    at, _, pk = text[:60].rpartition("_")
    try:
        cursor = VisitCursor(datetime.fromisoformat(at), int(pk))
    except ValueError:
        return None
    return cursor if cursor.started_at.tzinfo is not None and 0 <= cursor.pk < 2**63 else None


def seen_since(since: datetime, *, limit: int) -> list[Visitor]:
    """The people at browsers, not bots, whoever did something last first: one range of an index."""
    rows = Visitor.objects.filter(last_seen_at__gte=since - SEEN_EVERY, is_bot=False)
    found = rows.select_related("visit", "person__company").order_by("-last_seen_at", "pk")[:limit]
    return sorted((one for one in found if one.seen_at >= since), key=lambda one: one.seen_at, reverse=True)


def count_since(since: datetime, *, most: int) -> int:
    """How many were seen, counted up to `most`."""
    return Visitor.objects.filter(last_seen_at__gte=since, is_bot=False).order_by("-last_seen_at")[:most].count()


def visitor(pk: int) -> Visitor | None:
    """One visitor with the person it is known as."""
    return Visitor.objects.select_related("visit", "site", "person__company").filter(pk=pk).first()


def visits_of(visitor_id: int, *, after: VisitCursor | None, limit: int) -> list[Visit]:
    """The visits of a visitor, newest first."""
    rows = Visit.objects.filter(visitor=visitor_id)
    if after:
        same = Q(started_at=after.started_at, pk__lt=after.pk)
        rows = rows.filter(Q(started_at__lt=after.started_at) | same, started_at__lte=after.started_at)
    return list(rows.order_by("-started_at", "-pk")[:limit])


def signals_of_visitor(visitor_id: int, *, since: datetime, until: datetime | None, limit: int) -> list[Signal]:
    """What a browser did in a span of time, newest first."""
    return list(_between(Signal.objects.filter(visitor=visitor_id), since, until).select_related("visit")[:limit])


def touches_of_visitor(visitor_id: int, *, since: datetime, until: datetime | None, limit: int) -> list[Touch]:
    """How a browser came in a span of time, newest first."""
    return list(_between(Touch.objects.filter(visitor=visitor_id), since, until)[:limit])


def _between[Row: (Signal, Touch)](rows: QuerySet[Row], since: datetime, until: datetime | None) -> QuerySet[Row]:
    found = rows.filter(at__gte=since)
    return (found.filter(at__lt=until) if until else found).order_by("-at", "-pk")


def facts_of_visitor(visitor_id: int) -> tuple[facts.Signal, ...]:
    """All signals of a browser in order of recording, as the rules read them."""
    rows = Signal.objects.filter(visitor=visitor_id).order_by("pk").values_list(*_COLUMNS)
    return tuple(
        facts.Signal(id=pk, kind=kind, at=at, path=path or None, topic=topic or None)
        for pk, kind, at, path, topic in rows
    )


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """An identification and how many page views from before it joined the person."""

    row: Identification
    joined: int


def identifications_of_person(person_id: int) -> list[Known]:
    """By which browsers a person became known, newest first, in one query."""
    return _known(Identification.objects.filter(person=person_id))


def identifications_of_visitor(visitor_id: int) -> list[Known]:
    """Who a browser turned out to be, newest first, in one query."""
    return _known(Identification.objects.filter(visitor=visitor_id))


def _known(rows: QuerySet[Identification]) -> list[Known]:
    """An earlier page view joined when it was recorded before anybody knew whose it was."""
    from_then = Coalesce(OuterRef("owns_from"), Value(_EVER), output_field=DateTimeField())
    joined = Signal.objects.filter(
        visitor=OuterRef("visitor"),
        person=OuterRef("person"),
        kind="page_view",
        joined_at__isnull=False,
        at__gte=from_then,
        at__lte=OuterRef("at"),
    )
    counted = joined.order_by().values("visitor").annotate(n=Count("pk")).values("n")
    found = rows.select_related("person__company", "undone_by").annotate(joined=Coalesce(Subquery(counted), 0))
    return [Known(row=row, joined=row.joined) for row in found.order_by("-at", "-pk")[:200]]


def timeline_of_lead(lead_id: int, *, limit: int) -> list[Signal]:
    """The newest signals of a lead with their details and visits, newest first."""
    rows = Signal.objects.filter(lead=lead_id).select_related("visit")
    return list(rows.order_by("-at", "-pk")[:limit])


def people_of(visitors: Iterable[Visitor]) -> set[int]:
    """The people that visitors are known as."""
    return {one.person_id for one in visitors if one.person_id}


def identification(pk: int) -> Identification | None:
    return Identification.objects.filter(pk=pk).first()
