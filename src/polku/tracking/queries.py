"""Reads of signals and touches."""

from collections.abc import Iterable
from datetime import UTC, datetime

from polku import tables
from polku.rules import facts
from polku.tracking import cookieless
from polku.tracking.arrivals import SiteFacts
from polku.tracking.models import Consent, Signal, Site, Touch, Visitor

_COLUMNS = ("lead_id", "pk", "kind", "at", "path", "topic")

_signals = tables.Read(
    lambda leads: Signal.objects.filter(lead__among=leads).order_by("lead_id", "pk").values_list(*_COLUMNS)
)


def signals_of_leads(lead_ids: Iterable[int]) -> dict[int, tuple[facts.Signal, ...]]:
    """The signals of many leads in order of recording, in one query."""
    found: dict[int, list[facts.Signal]] = {}
    for lead_id, pk, kind, at, path, topic in _signals(list(lead_ids)):
        signal = facts.Signal(id=pk, kind=kind, at=at, path=path or None, topic=topic or None)
        found.setdefault(lead_id, []).append(signal)
    return {lead_id: tuple(signals) for lead_id, signals in found.items()}


def touches_of_lead(lead_id: int) -> list[Touch]:
    """How this lead came, newest first."""
    return list(Touch.objects.filter(lead=lead_id).order_by("-at", "-pk")[:200])


def consents_of_person(person_id: int) -> list[Consent]:
    return list(Consent.objects.filter(person=person_id).order_by("-at", "-pk"))


def signals_of_visitors(visitor_ids: Iterable[int]) -> dict[int, tuple[facts.Signal, ...]]:
    """All that visitors did, bots left out, in order of recording; one query."""
    found: dict[int, list[facts.Signal]] = {}
    rows = Signal.objects.filter(visitor__in=list(visitor_ids), visitor__is_bot=False).order_by("visitor", "pk")
    for visitor_id, pk, kind, at, path, topic in rows.values_list("visitor_id", *_COLUMNS[1:]):
        signal = facts.Signal(id=pk, kind=kind, at=at, path=path or None, topic=topic or None)
        found.setdefault(visitor_id or 0, []).append(signal)
    return {visitor_id: tuple(signals) for visitor_id, signals in found.items()}


def visitor_ids_after(last: int, *, limit: int) -> list[int]:
    """The ids of visitors that follow an id."""
    return list(Visitor.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:limit])


def site_facts() -> dict[str, SiteFacts]:
    """What the collector needs of every site in use, by key."""
    return {
        site.key: SiteFacts(
            id=site.pk,
            key=site.key,
            secret=site.secret,
            hosts=frozenset(host.lower().removeprefix("www.") for host in site.hosts),
            consent=site.consent,
            hash_routing=site.hash_routing,
            search=tuple(site.search),
        )
        for site in Site.objects.filter(is_active=True)
    }


def cookieless_token(site_key: str, *, address: str, user_agent: str, now: datetime) -> str:
    """The day's name of a browser without a cookie; empty for an unknown site."""
    site_id = Site.objects.filter(key=site_key, is_active=True).values_list("pk", flat=True).first()
    salt = cookieless.salt_of(now.astimezone(UTC).date())
    return cookieless.token(site_id, address, user_agent, salt=salt) if site_id else ""


def first_channel(site_key: str, token: str) -> str:
    """The channel by which a browser first came to a site; empty when it is not known."""
    touches = Touch.objects.filter(visitor__token=token, visitor__site__key=site_key).order_by("at", "pk")
    return touches.values_list("channel", flat=True).first() or ""
