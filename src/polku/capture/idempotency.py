"""The same request twice is done once: the answer is kept beside what it made, in the same transaction."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from django.db import IntegrityError, transaction

from polku.accounts.models import ApiKey
from polku.capture.models import IdempotencyKey

KEPT_FOR: Final = timedelta(days=2)

type Given = tuple[int, dict[str, Any]]


class KeyReused(Exception):
    """The key was used before with another request."""


class Answer(msgspec.Struct, frozen=True):
    """What was answered, and whether that was earlier."""

    status: int
    body: dict[str, Any]
    is_replay: bool


def answer_once(api_key: ApiKey, *, key: str, request: bytes, act: Callable[[], Given], now: datetime) -> Answer:
    """Act and keep the answer, or give the answer of the first time; raises KeyReused when the request differs.

    The row is inserted before the act: a second request at the same moment waits for the first one's commit.
    When the act fails nothing is kept, and the key may be used again.
    """
    digest = hashlib.sha256(request).hexdigest()
    try:
        with transaction.atomic():
            row = _claim(api_key, key=key, digest=digest, now=now)
            row.status, row.answer = act()
            row.save(update_fields=["status", "answer"])
            return Answer(row.status, row.answer, is_replay=False)
    except _Known as known:
        return _earlier(known.row, digest)


class _Known(Exception):
    def __init__(self, row: IdempotencyKey) -> None:
        self.row = row


def _claim(api_key: ApiKey, *, key: str, digest: str, now: datetime) -> IdempotencyKey:
    IdempotencyKey.objects.filter(api_key=api_key, key=key, created_at__lt=now - KEPT_FOR).delete()
    try:
        with transaction.atomic():
            return IdempotencyKey.objects.create(
                api_key=api_key, key=key, request_hash=digest, status=0, answer={}, created_at=now
            )
    except IntegrityError:
        row = IdempotencyKey.objects.filter(api_key=api_key, key=key).first()
        if row is None:
            raise
        raise _Known(row) from None


def _earlier(row: IdempotencyKey, digest: str) -> Answer:
    if row.request_hash != digest:
        raise KeyReused(row.key)
    return Answer(row.status, row.answer, is_replay=True)


def forget(*, now: datetime) -> int:
    """Delete the keys that are no longer kept; a recurring job."""
    return IdempotencyKey.objects.filter(created_at__lt=now - KEPT_FOR).delete()[0]
