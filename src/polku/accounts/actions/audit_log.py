"""Keeps who changed what."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from polku.accounts.models import AuditEntry, User


def audit(
    verb: str,
    *,
    subject: str,
    subject_id: int | None,
    by: User | None,
    now: datetime,
    details: Mapping[str, Any] | None = None,
) -> None:
    """One row for one change; `verb` is a word of the presenter's table, details are JSON."""
    audit_many(verb, subject=subject, subject_ids=[subject_id], by=by, now=now, details=details)


def audit_many(
    verb: str,
    *,
    subject: str,
    subject_ids: Sequence[int | None],
    by: User | None,
    now: datetime,
    details: Mapping[str, Any] | None = None,
) -> None:
    """One row for each subject of one change, written in one statement."""
    AuditEntry.objects.bulk_create(
        [
            AuditEntry(at=now, by=by, verb=verb, subject=subject, subject_id=each, details=dict(details or {}))
            for each in subject_ids
        ],
        batch_size=500,
    )
