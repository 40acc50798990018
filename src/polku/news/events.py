"""What can happen: one frozen struct per kind of news; its class name is the kind in the outbox."""

from typing import Any

import msgspec


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Only ids and small facts: who reacts reads the rest from the rooms."""


class LeadsCaptured(Event, frozen=True):
    lead_ids: tuple[int, ...]


class SignalsRecorded(Event, frozen=True):
    person_ids: tuple[int, ...]
    lead_ids: tuple[int, ...] = ()


class FactsChanged(Event, frozen=True):
    lead_ids: tuple[int, ...]


class LeadsRescored(Event, frozen=True):
    lead_ids: tuple[int, ...]


class StageChange(msgspec.Struct, frozen=True):
    lead_id: int
    was: str
    now: str


class StagesChanged(Event, frozen=True):
    changes: tuple[StageChange, ...]


class LeadsReady(Event, frozen=True):
    lead_ids: tuple[int, ...]


class LeadsRouted(Event, frozen=True):
    lead_ids: tuple[int, ...]


class LeadOverflowed(Event, frozen=True):
    lead_ids: tuple[int, ...]
    queue: str


class LeadsAccepted(Event, frozen=True):
    lead_ids: tuple[int, ...]


class LeadsAnswered(Event, frozen=True):
    lead_ids: tuple[int, ...]


class LeadsRejected(Event, frozen=True):
    lead_ids: tuple[int, ...]
    reason: str = ""


class SlaWarned(Event, frozen=True):
    clock_ids: tuple[int, ...]
    lead_ids: tuple[int, ...] = ()


class SlaLapsed(Event, frozen=True):
    clock_ids: tuple[int, ...]
    lead_ids: tuple[int, ...] = ()


class PersonsMerged(Event, frozen=True):
    kept_id: int
    merged_ids: tuple[int, ...]
    lead_ids: tuple[int, ...] = ()


class PlaybookActivated(Event, frozen=True):
    number: int


class PlaybookWaits(Event, frozen=True):
    """A version waits for the signatures of these departments; `signer` is the other one's, who has signed."""

    number: int
    departments: tuple[str, ...]
    by_id: int
    signer: str = ""


class PlaybookSignaturesLost(Event, frozen=True):
    """Signatures of these departments no longer stand: voided by another text, or withdrawn by the signer."""

    number: int
    departments: tuple[str, ...]
    why: str
    by_id: int
    signer: str = ""


class PlaybookStuck(Event, frozen=True):
    """A version that was due no longer fits the rules, so the one before stays in force."""

    number: int


class ImportFinished(Event, frozen=True):
    import_id: int


KINDS: dict[str, type[Event]] = {kind.__name__: kind for kind in Event.__subclasses__()}


def lead_ids_in(payload: dict[str, Any]) -> tuple[int, ...]:
    """The leads that a stored piece of news is about."""
    changed = (change["lead_id"] for change in payload.get("changes", ()))
    return (*payload.get("lead_ids", ()), *changed)
