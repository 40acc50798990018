"""Visitors while their events are placed: each one's row is held until the transaction ends, and written once."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection

from polku.rules import visits
from polku.rules.visitors import Known
from polku.tables import streams
from polku.tracking import identities
from polku.tracking.arrivals import Arrival, Hit, SiteFacts
from polku.tracking.models import Visit, Visitor

type VisitorKey = tuple[int, str]
type Wanted = Mapping[VisitorKey, tuple[Arrival, list[Hit]]]


class Stay(msgspec.Struct, kw_only=True):
    """A visit while it grows."""

    id: int
    started_at: datetime
    last_at: datetime
    pages: int = 0
    seconds: int = 0
    entry_path: str = ""
    exit_path: str = ""
    channel: str = ""
    source: str = ""
    is_new: bool = True

    def holds(self, at: datetime) -> bool:
        return not visits.starts_visit(self.last_at, at) and self.started_at - at <= visits.GAP

    def grow(self, at: datetime) -> None:
        """Reach to a moment that it holds."""
        self.started_at, self.last_at = min(self.started_at, at), max(self.last_at, at)


class Browser(msgspec.Struct, kw_only=True):
    """A visitor while its events are placed."""

    id: int
    site: SiteFacts
    token: str
    first_seen_at: datetime
    last_seen_at: datetime
    person_id: int | None = None
    is_bot: bool = False
    visits: int = 0
    pages_before: int = 0
    stay: Stay | None = None
    known: tuple[Known, ...] = ()
    is_new: bool = True
    is_changed: bool = False


_SELECT = (
    "SELECT v.id, v.site_id, v.token, v.first_seen_at, v.last_seen_at, v.person_id, v.is_bot, v.visits, "
    "v.pages_before, v.visit_id FROM tracking_visitor v WHERE v.token {among} ORDER BY v.id"
)


def hold(wanted: Wanted, *, now: datetime) -> dict[VisitorKey, Browser]:
    """Every visitor's row, held; made where there is none."""
    found = _held(wanted)
    missing = {key: wanted[key] for key in wanted if key not in found}
    if missing and _renamed(missing, now=now):
        found = _held(wanted)
        missing = {key: wanted[key] for key in wanted if key not in found}
    if missing and connection.vendor == "postgresql":
        _make_all(missing)
        found = _held(wanted)
    elif missing:
        ids = streams.reserve(Visitor, len(missing))
        for pk, (key, (arrival, hits)) in zip(ids, missing.items(), strict=True):
            at = hits[0].at
            found[key] = Browser(id=pk, site=arrival.site, token=arrival.token, first_seen_at=at, last_seen_at=at)
    _know(list(found.values()))
    return found


def _renamed(missing: Wanted, *, now: datetime) -> bool:
    """Who has just agreed to a cookie goes on under its name: the visit that was without one is theirs.

    Only the visit that still lasts: an earlier one of the day may be another's behind the same address.
    """
    pairs = [(arrival.formerly, arrival.token, arrival.site.id) for arrival, _ in missing.values() if arrival.formerly]
    known = (
        {
            (site_id, token)
            for site_id, token, last_seen_at in streams.chosen(
                "SELECT v.site_id, v.token, v.last_seen_at FROM tracking_visitor v WHERE v.token {among} "
                "AND v.person_id IS NULL ORDER BY v.id",
                [streams.among({former for former, _, _ in pairs})],
                locking="v",
            )
            if not visits.starts_visit(streams.aware(last_seen_at), now)
        }
        if pairs
        else set()
    )
    changed = {(site_id, former): token for former, token, site_id in pairs if (site_id, former) in known}
    streams.change(
        "UPDATE tracking_visitor SET token = %s WHERE token = %s AND site_id = %s",
        [(token, former, site_id) for (site_id, former), token in changed.items()],
    )
    return bool(changed)


def _held(wanted: Wanted) -> dict[VisitorKey, Browser]:
    rows = streams.chosen(_SELECT, [streams.among({token for _, token in wanted})], locking="v")
    kept = {(row[1], row[2]): row for row in rows if (row[1], row[2]) in wanted}
    stays = _stays([row[9] for row in kept.values() if row[9]])
    return {key: _browser(row, wanted[key][0].site, stays.get(row[9])) for key, row in kept.items()}


def _browser(row: Sequence[Any], site: SiteFacts, stay: Stay | None) -> Browser:
    pk, _, token, first_seen_at, last_seen_at, person_id, is_bot, visits_so_far, pages_before, _ = row
    return Browser(
        id=pk,
        site=site,
        token=token,
        first_seen_at=streams.aware(first_seen_at),
        last_seen_at=streams.aware(last_seen_at),
        person_id=person_id,
        is_bot=bool(is_bot),
        visits=visits_so_far,
        pages_before=pages_before,
        stay=stay,
        is_new=False,
    )


def _stays(visit_ids: Sequence[int]) -> dict[int, Stay]:
    if not visit_ids:
        return {}
    rows = streams.chosen(
        "SELECT id, started_at, last_at, pages, seconds, entry_path, exit_path, channel, source "
        "FROM tracking_visit WHERE id {among}",
        [streams.among(visit_ids)],
    )
    return {row[0]: stay_of(row) for row in rows}


def stay_of(row: Sequence[Any]) -> Stay:
    pk, started_at, last_at, pages, seconds, entry_path, exit_path, channel, source = row
    return Stay(
        id=pk,
        started_at=streams.aware(started_at),
        last_at=streams.aware(last_at),
        pages=pages,
        seconds=seconds,
        entry_path=entry_path,
        exit_path=exit_path,
        channel=channel,
        source=source,
        is_new=False,
    )


def _make_all(missing: Wanted) -> None:
    """Two processes may meet a visitor at once: one makes the row, the other waits and takes it."""
    rows = [
        (site_id, token, hits[0].at, hits[0].at) for (site_id, token), (_, hits) in sorted(missing.items(), key=_by_key)
    ]
    streams.change(
        "INSERT INTO tracking_visitor (site_id, token, is_bot, first_seen_at, last_seen_at, visits, pages_before, "
        "device, network, company_guess) VALUES (%s, %s, FALSE, %s, %s, 0, 0, '', '', '') "
        "ON CONFLICT (token, site_id) DO NOTHING",
        rows,
    )


def _by_key(item: tuple[VisitorKey, object]) -> VisitorKey:
    return item[0]


def _know(browsers: Sequence[Browser]) -> None:
    known = identities.standing([browser.id for browser in browsers if browser.person_id])
    for browser in browsers:
        browser.known = known.get(browser.id, ())


def write(browsers: Iterable[Browser], by_visitor: Wanted) -> None:
    new, old, stamp = [], [], streams.stamper()
    for one in browsers:
        arrival = by_visitor[one.site.id, one.token][0]
        seen = (stamp(one.first_seen_at), stamp(one.last_seen_at), one.stay.id if one.stay else None)
        told = (one.visits, one.pages_before, arrival.device, arrival.network, arrival.company_guess)
        if one.is_new:
            new.append((one.id, one.site.id, one.token, one.is_bot, *seen, *told))
        elif one.is_changed:
            old.append((*seen, *told, one.id))
    streams.pour(
        Visitor,
        ("id", "site_id", "token", "is_bot", "first_seen_at", "last_seen_at", "visit_id", "visits", "pages_before",
         "device", "network", "company_guess"),
        new,
    )  # fmt: skip
    streams.change(
        "UPDATE tracking_visitor SET first_seen_at = %s, last_seen_at = %s, visit_id = %s, visits = %s, "
        "pages_before = %s, device = %s, network = %s, company_guess = %s WHERE id = %s",
        old,
    )


def write_stays(stays: Sequence[tuple[Stay, int]]) -> None:
    new, old, stamp = [], [], streams.stamper()
    for one, visitor_id in stays:
        span = (stamp(one.started_at), stamp(one.last_at), one.pages, one.seconds)
        ends = (one.entry_path, one.exit_path, one.channel, one.source)
        if one.is_new:
            new.append((one.id, visitor_id, *span, *ends))
        else:
            old.append((*span, *ends, one.id))
    columns = ("id", "visitor_id", "started_at", "last_at", "pages", "seconds", "entry_path", "exit_path", "channel",
               "source")  # fmt: skip
    streams.pour(Visit, columns, new)
    streams.change(
        "UPDATE tracking_visit SET started_at = %s, last_at = %s, pages = %s, seconds = %s, entry_path = %s, "
        "exit_path = %s, channel = %s, source = %s WHERE id = %s",
        old,
    )
