"""Tells the leads what a version of the playbook waits for."""

from collections.abc import Iterable
from datetime import datetime

from polku.accounts import queries as accounts
from polku.news.events import PlaybookSignaturesLost, PlaybookStuck, PlaybookWaits
from polku.notifications import actions as notifications
from polku.notifications.actions import Telling
from polku.playbook import queries as playbook
from polku.playbook.signing import SIGNERS


def ask_signers(event: PlaybookWaits, now: datetime) -> None:
    """Whoever may sign for a department that has not; not who has just sent or signed it.

    Nobody is asked for what has gone on meanwhile: newer news will ask, or have asked.
    """
    row = playbook.version(event.number)
    if not playbook.is_waiting(row) or set(event.departments) != set(playbook.missing_departments(row)):
        return
    leads = {user for name in event.departments for user in accounts.permitted(SIGNERS[name])}
    kind = "playbook_countersign" if event.signer else "playbook_to_sign"
    _tell(leads - {event.by_id}, kind, now=now, number=event.number, signer=event.signer)


def tell_lost(event: PlaybookSignaturesLost, now: datetime) -> None:
    """Both leads, for what one agreed to no longer stands; not who did it."""
    kind = f"playbook_{event.why}"
    _tell(_leads() - {event.by_id}, kind, now=now, number=event.number, signer=event.signer)


def tell_stuck(event: PlaybookStuck, now: datetime) -> None:
    """Both leads: what they signed did not come into force."""
    _tell(_leads(), "playbook_stuck", now=now, number=event.number, signer="")


def _leads() -> set[int]:
    return {user for needed in SIGNERS.values() for user in accounts.permitted(needed)}


def _tell(users: Iterable[int], kind: str, *, now: datetime, number: int, signer: str) -> None:
    notifications.tell(
        [Telling(user_id=user, kind=kind, details={"number": number, "signer": signer}) for user in sorted(users)],
        now=now,
    )
