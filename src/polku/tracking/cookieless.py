"""Visitors without a cookie: a hash of address and browser that changes every day and cannot be read back.

The salt of a day is made when the day's first visitor comes and deleted two days later, so that even we cannot tell
whether two days saw the same browser. Neither address nor user agent is stored.
"""

import hashlib
import secrets
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final

from polku.tracking.models import DailySalt

KEPT: Final = timedelta(days=2)


def token(site_id: int, address: str, user_agent: str, *, salt: str) -> str:
    """The visitor's name for the day of this salt."""
    told = f"{site_id}\n{address}\n{user_agent}"
    return "d-" + hashlib.blake2b(told.encode(), key=salt.encode(), digest_size=16).hexdigest()


def salts(*, now: datetime) -> dict[date, str]:
    """The salts of today and tomorrow, so that midnight waits for nobody."""
    today = now.astimezone(UTC).date()
    return {day: salt_of(day) for day in (today, today + timedelta(days=1))}


@lru_cache(maxsize=4)
def salt_of(day: date) -> str:
    """One salt a day, the same in every process."""
    DailySalt.objects.bulk_create([DailySalt(day=day, salt=secrets.token_hex(32))], ignore_conflicts=True)
    return DailySalt.objects.values_list("salt", flat=True).get(day=day)


def forget(*, now: datetime) -> int:
    """Delete the salts that have served."""
    return DailySalt.objects.filter(day__lt=(now - KEPT).astimezone(UTC).date()).delete()[0]
