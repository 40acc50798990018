"""A rate limiter in the database: it holds across processes, needs no clock-work, and forgets by itself.

Each bucket keeps one number, the moment at which it is whole again (the generic cell rate algorithm). Every
allowed act moves it `per / limit` further; an act is refused when that would be more than `per` ahead of now.
So `limit` acts may come at once, and after that one each `per / limit`.
Call it outside of transactions that may roll back, else the act is not counted.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from django.db import connection, transaction

from polku.accounts.models import Allowance

_TAKE = """
    INSERT INTO accounts_allowance AS known (bucket, whole_at) VALUES (%s, %s)
    ON CONFLICT (bucket) DO UPDATE SET whole_at = CASE WHEN known.whole_at > %s THEN known.whole_at ELSE %s END + %s
    WHERE known.whole_at <= %s RETURNING whole_at
"""


class Allowed(msgspec.Struct, frozen=True):
    pass


class Refused(msgspec.Struct, frozen=True):
    retry_after: timedelta


def allow(bucket: str, *, limit: int, per: timedelta, now: datetime) -> Allowed | Refused:
    """Count one act of the bucket, or refuse it and say when to come back. One statement, two when it is refused."""
    moment, step = now.timestamp(), per.total_seconds() / limit
    key, latest = _key(bucket), moment + per.total_seconds() - step + 1e-6
    if _take(key, moment=moment, latest=latest, step=step):
        return Allowed()
    whole_at = Allowance.objects.filter(bucket=key).values_list("whole_at", flat=True).first()
    return Refused(timedelta(seconds=max(1.0, (whole_at or moment) - latest)))


@transaction.atomic
def allow_all(buckets: Sequence[tuple[str, int, timedelta]], *, now: datetime) -> Allowed | Refused:
    """Count one act in several buckets (name, limit, per), in order, until one refuses: one wait for the disk."""
    for bucket, limit, per in buckets:
        answer = allow(bucket, limit=limit, per=per, now=now)
        if isinstance(answer, Refused):
            return answer
    return Allowed()


def _take(key: str, *, moment: float, latest: float, step: float) -> bool:
    """One conditional statement decides, so two processes cannot both take the last place."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [key, moment + step, moment, moment, step, latest])
        return cursor.fetchone() is not None


def forget(bucket: str) -> None:
    """Make the bucket whole, e.g. after a successful log-in."""
    Allowance.objects.filter(bucket=_key(bucket)).delete()


def prune(*, now: datetime) -> int:
    """Delete the buckets that are whole again: they say nothing. Returns how many."""
    return Allowance.objects.filter(whole_at__lt=now.timestamp()).delete()[0]


def _key(bucket: str) -> str:
    """Addresses and e-mails are personal data: only a digest of the name is stored."""
    return hashlib.sha256(bucket.encode()).hexdigest()
