"""Reads of signals and touches."""

from collections.abc import Iterable

from polku.rules import facts
from polku.tracking.models import Consent, Signal, Touch

_COLUMNS = ("lead_id", "pk", "kind", "at", "path", "topic")


def signals_of_leads(lead_ids: Iterable[int]) -> dict[int, tuple[facts.Signal, ...]]:
    """The signals of many leads in order of recording, in one query."""
    found: dict[int, list[facts.Signal]] = {}
    rows = Signal.objects.filter(lead__in=list(lead_ids)).order_by("lead", "pk").values_list(*_COLUMNS)
    for lead_id, pk, kind, at, path, topic in rows:
        signal = facts.Signal(id=pk, kind=kind, at=at, path=path or None, topic=topic or None)
        found.setdefault(lead_id, []).append(signal)
    return {lead_id: tuple(signals) for lead_id, signals in found.items()}


def touches_of_lead(lead_id: int) -> list[Touch]:
    """How this lead came, newest first."""
    return list(Touch.objects.filter(lead=lead_id).order_by("-at", "-pk")[:200])


def consents_of_person(person_id: int) -> list[Consent]:
    return list(Consent.objects.filter(person=person_id).order_by("-at", "-pk"))
