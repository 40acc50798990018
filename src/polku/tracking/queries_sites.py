"""Reads of sites: where their script was seen at work, what was refused from them, which bots came."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final

import msgspec
from django.db.models import Max, QuerySet, Sum

from polku.tracking.models import BotHits, Refusal, Sighting, Site

DAYS: Final = 30
FRESH: Final = timedelta(days=1)


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """A host of a site, and when the script was last seen there; None is not yet. After a day it is no longer fresh."""

    host: str
    last_at: datetime | None = None
    is_fresh: bool = False


def sites() -> QuerySet[Site]:
    """All sites by name, with when each was last seen at work."""
    return Site.objects.annotate(seen_at=Max("sightings__last_at")).order_by("-is_active", "name", "pk")


def site(pk: int) -> Site | None:
    return Site.objects.filter(pk=pk).first()


def hosts_in_use() -> list[str]:
    """The hosts of all sites in use."""
    found = Site.objects.filter(is_active=True).order_by("pk").values_list("hosts", flat=True)
    return [host for hosts in found for host in hosts]


def seen_of(one: Site, *, now: datetime) -> list[Seen]:
    """Where the script of a site was seen, the latest first, then the listed hosts where it was not seen yet."""
    rows = Sighting.objects.filter(site=one).order_by("-last_at").values_list("host", "last_at")[:200]
    found = [Seen(host=host, last_at=at, is_fresh=now - at < FRESH) for host, at in rows]
    missing = [host for host in one.hosts if not any(covers(host, each.host) for each in found)]
    return found + [Seen(host=host) for host in missing]


def covers(host: str, seen: str) -> bool:
    """Whether a host of a site means the host a script was seen on: itself, with www., or all below `*.`"""
    bare = seen.removeprefix("www.")
    if host.startswith("*."):
        return bare == host[2:] or bare.endswith(host[1:])
    return bare == host.removeprefix("www.")


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """What was refused for one reason: by day, oldest first, and its rows with the site's name, newest first."""

    reason: str
    count: int
    last_at: datetime
    sample: str
    by_day: tuple[int, ...]
    rows: tuple[tuple[Refusal, str], ...]


def refused(*, today: date, site_key: str | None = None) -> list[Refused]:
    """By reason, the most frequent first, over the last days; of one site or of all."""
    rows = Refusal.objects.filter(day__gt=today - timedelta(days=DAYS))
    if site_key is not None:
        rows = rows.filter(site_key=site_key)
    by_reason: dict[str, list[Refusal]] = {}
    for row in rows.order_by("-day", "-count", "pk"):
        by_reason.setdefault(row.reason, []).append(row)
    names = dict(Site.objects.values_list("key", "name"))
    found = [_refused(reason, group, names, today) for reason, group in by_reason.items()]
    return sorted(found, key=lambda one: (-one.count, one.reason))


def _refused(reason: str, rows: Sequence[Refusal], names: Mapping[str, str], today: date) -> Refused:
    newest = max(rows, key=lambda row: row.last_at)
    return Refused(
        reason=reason,
        count=sum(row.count for row in rows),
        last_at=newest.last_at,
        sample=newest.sample,
        by_day=_by_day(((row.day, row.count) for row in rows), today),
        rows=tuple((row, names.get(row.site_key, row.site_key)) for row in rows),
    )


def _by_day(counts: Iterable[tuple[date, int]], today: date) -> tuple[int, ...]:
    days = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    found: dict[date, int] = {}
    for day, count in counts:
        found[day] = found.get(day, 0) + count
    return tuple(found.get(day, 0) for day in days)


class Bot(msgspec.Struct, frozen=True, kw_only=True):
    """How often one bot came in the last days."""

    name: str
    count: int
    last_at: datetime
    by_day: tuple[int, ...]


def bots(*, today: date, site_id: int | None = None, most: int = 100) -> list[Bot]:
    """The bots of the last days, the most frequent first."""
    rows = BotHits.objects.filter(day__gt=today - timedelta(days=DAYS))
    if site_id is not None:
        rows = rows.filter(site=site_id)
    by_name: dict[str, list[tuple[date, int, datetime]]] = {}
    for name, day, count, last_at in rows.values_list("name", "day").annotate(Sum("count"), Max("last_at")):
        by_name.setdefault(name, []).append((day, count, last_at))
    return sorted((_bot(name, group, today) for name, group in by_name.items()), key=lambda one: -one.count)[:most]


def _bot(name: str, rows: Sequence[tuple[date, int, datetime]], today: date) -> Bot:
    return Bot(
        name=name,
        count=sum(count for _, count, _ in rows),
        last_at=max(last_at for _, _, last_at in rows),
        by_day=_by_day(((day, count) for day, count, _ in rows), today),
    )


def refused_lately(keys: Sequence[str], *, today: date) -> Mapping[str, int]:
    """How many requests of sites were refused today and yesterday, by key, without those who objected."""
    rows = Refusal.objects.filter(site_key__in=keys, day__gte=today - timedelta(days=1)).exclude(reason__in=EXPECTED)
    return dict(rows.order_by("site_key").values_list("site_key").annotate(Sum("count")))


# Refused as it should be: nothing is wrong with the set-up of the site.
EXPECTED: Final = ("bot", "spam_referrer", "consent_withheld", "privacy_signal")
