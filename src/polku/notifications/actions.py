"""Tells users things; who may be told is decided by the caller's queries, never widened here."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec
from django.db import transaction

from polku import tables
from polku.accounts.models import User
from polku.notifications.models import Notification

type Plain = str | int | float | bool | None


class Telling(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to tell one user."""

    user_id: int
    kind: str
    lead_id: int | None = None
    details: dict[str, Plain] = {}


@transaction.atomic(savepoint=False)
def tell(tellings: Sequence[Telling], *, now: datetime) -> None:
    """Write notifications; open pages learn of them within a second, mail follows by the worker."""
    rows = [
        tables.fresh(
            Notification, user_id=one.user_id, kind=one.kind, lead_id=one.lead_id, details=dict(one.details), at=now
        )
        for one in tellings
    ]
    tables.append(rows)


@transaction.atomic(savepoint=False)
def mark_read(user: User, *, ids: Iterable[int] | None = None, now: datetime) -> None:
    """Mark a user's own notifications as read: the given ones, or all."""
    rows = Notification.objects.filter(user=user, read_at__isnull=True)
    if ids is not None:
        rows = rows.filter(pk__in=list(ids))
    rows.update(read_at=now)


def mark_mailed(ids: Iterable[int], *, now: datetime) -> None:
    Notification.objects.filter(pk__in=list(ids)).update(mailed_at=now)
