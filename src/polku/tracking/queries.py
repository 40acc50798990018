"""Reads of signals and touches."""

from collections.abc import Iterable

from polku import tables
from polku.rules import facts
from polku.tracking.models import Consent, Signal, Touch

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


def timeline_of_lead(lead_id: int, *, limit: int = 500) -> list[Signal]:
    """The newest signals of a lead with their details, newest first."""
    return list(Signal.objects.filter(lead=lead_id).order_by("-at", "-pk")[:limit])


def touches_of_lead(lead_id: int) -> list[Touch]:
    """How this lead came, newest first."""
    return list(Touch.objects.filter(lead=lead_id).order_by("-at", "-pk")[:200])


def consents_of_person(person_id: int) -> list[Consent]:
    return list(Consent.objects.filter(person=person_id).order_by("-at", "-pk"))
