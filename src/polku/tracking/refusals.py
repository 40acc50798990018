"""Why the collector refuses something: each reason by name, and how often, without growing with who sends."""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Final

import msgspec
from django.db import connection, transaction

from polku.tables import streams

MOST_NAMES: Final = 2_000  # between two flushes; what comes beyond is counted together


class Why(StrEnum):
    """The reasons, as they stand on the page of refused events."""

    NOT_POST = "not_post"
    TOO_LARGE = "too_large"
    MALFORMED = "malformed"
    UNKNOWN_SITE = "unknown_site"
    FOREIGN_HOST = "foreign_host"
    PRIVACY_SIGNAL = "privacy_signal"
    CONSENT_WITHHELD = "consent_withheld"
    BOT = "bot"
    RATE = "rate"
    BUSY = "busy"
    TOO_OLD = "too_old"
    SPAM_REFERRER = "spam_referrer"
    UNPROVEN = "unproven"


STATUS: Final = {
    Why.NOT_POST: HTTPStatus.METHOD_NOT_ALLOWED,
    Why.TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Why.MALFORMED: HTTPStatus.BAD_REQUEST,
    Why.UNKNOWN_SITE: HTTPStatus.NOT_FOUND,
    Why.RATE: HTTPStatus.TOO_MANY_REQUESTS,
    Why.BUSY: HTTPStatus.SERVICE_UNAVAILABLE,
}


class Refused(Exception):
    """A request, or one event of it, that is not stored."""

    def __init__(self, why: Why, sample: str = "", *, site_key: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.sample = "".join(letter for letter in sample[:200] if letter.isprintable())
        self.site_key = site_key

    @property
    def status(self) -> int:
        return STATUS.get(self.why, HTTPStatus.FORBIDDEN)


class Count(msgspec.Struct):
    """So many since the last flush, the latest when and with what."""

    count: int
    last_at: datetime
    sample: str


class Counter:
    """Counts in memory until the next flush; its size is bounded by sites, reasons and names of bots."""

    def __init__(self) -> None:
        self._refusals: dict[tuple[date, str, str], Count] = {}
        self._bots: dict[tuple[date, int, str], Count] = {}

    @property
    def is_empty(self) -> bool:
        return not (self._refusals or self._bots)

    def refused(self, refusal: Refused, *, at: datetime) -> None:
        _add(self._refusals, (at.date(), refusal.site_key, str(refusal.why)), at, refusal.sample)

    def bot(self, site_id: int, name: str, *, at: datetime, count: int = 1) -> None:
        key = (at.date(), site_id, name)
        known = key in self._bots or len(self._bots) < MOST_NAMES
        _add(self._bots, key if known else (at.date(), site_id, "others"), at, "", count)

    def take(self) -> "Counter":
        """What was counted so far; counting begins anew. Safe beside one thread that counts."""
        taken = Counter()
        taken._refusals, self._refusals = self._refusals, {}
        taken._bots, self._bots = self._bots, {}
        return taken

    def write(self) -> None:
        """Add what was counted to the tables, in the caller's transaction."""
        streams.change(
            "INSERT INTO tracking_refusal (day, site_key, reason, count, last_at, sample) "
            "VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (day, site_key, reason) DO UPDATE SET "
            "count = tracking_refusal.count + excluded.count, last_at = excluded.last_at, sample = excluded.sample",
            [
                (*_key(key), one.count, streams.moment(one.last_at), one.sample)
                for key, one in _in_order(self._refusals)
            ],
        )
        streams.change(
            "INSERT INTO tracking_bothits (day, site_id, name, count, last_at) VALUES (%s, %s, %s, %s, %s) "
            "ON CONFLICT (site_id, day, name) DO UPDATE SET "
            "count = tracking_bothits.count + excluded.count, last_at = excluded.last_at",
            [(*_key(key), one.count, streams.moment(one.last_at)) for key, one in _in_order(self._bots)],
        )


def _add[Key](counts: dict[Key, Count], key: Key, at: datetime, sample: str, count: int = 1) -> None:
    found = counts.get(key)
    if found is None:
        counts[key] = Count(count, at, sample)
    else:
        found.count += count
        found.last_at, found.sample = at, sample or found.sample


def _in_order[Key](counts: dict[Key, Count]) -> Iterable[tuple[Key, Count]]:
    """In one order everywhere, so that two writers cannot block each other."""
    return sorted(counts.items(), key=str)


def _key(key: tuple[date, object, str]) -> tuple[object, ...]:
    day, whose, what = key
    return (str(day) if connection.vendor == "sqlite" else day, whose, what)


@transaction.atomic(savepoint=False)
def flush(counter: Counter) -> None:
    """Write what was counted, in a transaction of its own."""
    counter.take().write()
