"""Writes of signatures: each department's yes to one exact text, and taking it back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db import transaction

from polku.accounts.access import Permission, permits
from polku.accounts.models import User
from polku.news import actions as news_actions
from polku.news.events import PlaybookSignaturesLost, PlaybookWaits
from polku.playbook import queries
from polku.playbook.actions import audit, lock
from polku.playbook.errors import NotTheirDepartment, SignedAlready, TextChanged, UnknownSignature, WrongState
from polku.playbook.models import Department, Ending, Signature, State, Version
from polku.rules import playbook as rules

SIGNERS: Final[Mapping[str, Permission]] = {
    Department.MARKETING: Permission.SIGN_FOR_MARKETING,
    Department.SALES: Permission.SIGN_FOR_SALES,
}


def department_of(user: User) -> str | None:
    """The one that the user may sign for."""
    return next((str(department) for department, needed in SIGNERS.items() if permits(user, needed)), None)


@transaction.atomic
def sign(number: int, *, department: str, seen_hash: str, comment: str = "", now: datetime, by: User) -> Signature:
    """A department's yes to the text with this fingerprint; with both, the version is signed.

    Raises UnknownVersion, NotTheirDepartment, WrongState, TextChanged, SignedAlready, PlaybookError.
    """
    version = lock(number)
    if not permits(by, SIGNERS[department]):
        raise NotTheirDepartment(department)
    if version.state != State.REVIEW:
        raise WrongState(number, version.state)
    if seen_hash != version.content_hash or rules.content_hash(version.text) != seen_hash:
        raise TextChanged(seen_hash, version.content_hash)
    rules.read(version.text)
    for row in queries.standing_signatures(version):
        if row.department == department or row.user_id == by.pk:
            raise SignedAlready(row.department, row.user.name)
    signature = Signature.objects.create(
        version=version, user=by, department=department, content_hash=seen_hash, comment=comment, at=now
    )
    audit("playbook.signed", version, by=by, now=now, department=department, hash=seen_hash, text=comment)
    _go_on(version, now=now, by=by)
    return signature


def _go_on(version: Version, *, now: datetime, by: User) -> None:
    """Signed once both have; else the other department is asked."""
    missing = queries.missing_departments(version)
    if missing:
        news_actions.publish(
            PlaybookWaits(number=version.number, departments=missing, by_id=by.pk, signer=by.name), now=now
        )
        return
    version.state = State.SIGNED
    version.save(update_fields=["state"])
    audit("playbook.agreed", version, by=None, now=now, hash=version.content_hash)


@transaction.atomic
def withdraw(number: int, *, why: str, now: datetime, by: User) -> Signature:
    """Take one's own signature back, before the version is in force; it waits for signatures again.

    Raises UnknownVersion, WrongState, UnknownSignature.
    """
    version = lock(number)
    if version.state not in (State.DRAFT, State.REVIEW, State.SIGNED):
        raise WrongState(number, version.state)
    row = queries.standing_signatures(version).filter(user=by).first()
    if row is None:
        raise UnknownSignature
    row.ended_at, row.ended_by, row.ending, row.why = now, by, Ending.WITHDRAWN, why
    row.save(update_fields=["ended_at", "ended_by", "ending", "why"])
    if version.state == State.SIGNED:
        version.state, version.effective_at, version.dated_by = State.REVIEW, None, None
        version.save(update_fields=["state", "effective_at", "dated_by"])
    audit("playbook.signature_withdrawn", version, by=by, now=now, department=row.department, text=why)
    lost = PlaybookSignaturesLost(
        number=number, departments=(row.department,), why=Ending.WITHDRAWN, signer=by.name, by_id=by.pk
    )
    news_actions.publish(lost, now=now)
    return row
