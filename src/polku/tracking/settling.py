"""Stores what arrived: visitors, visits, signals and touches of many requests in a fixed number of statements.

The caller holds the transaction. A visitor's row is held while its events are placed, so that an identification made
at the same moment either sees them or is seen by them; ids follow the order in which a visitor's events are placed.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

import msgspec
from django.db import connection

from polku.crm import queries as crm
from polku.rules import facts, visits
from polku.rules.channels import Channel
from polku.rules.touch import Touch as Came
from polku.rules.touch import touch
from polku.rules.visitors import Known, owner_at
from polku.tables import streams
from polku.tracking import identities
from polku.tracking.arrivals import Arrival, Hit, SiteFacts
from polku.tracking.models import Signal, Touch, Visit, Visitor

PAGE_VIEW: Final = "page_view"
PAGE_READ: Final = "page_read"
LONGEST_READ: Final = 3_600  # seconds that one page can be said to be read at once
_MARKED: Final = re.compile(r"[?&#](?:utm_|mtm_|pk_|\w*(?:clid|braid|li_fat_id)=)").search

touch_of = lru_cache(maxsize=4096)(touch)  # many come by the same link to the same page

type VisitorKey = tuple[int, str]


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
    pages: int = 0
    stay: Stay | None = None
    known: tuple[Known, ...] = ()
    is_new: bool = True


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """What was stored: the new signals of each visitor who counts, in their order, and the leads they speak of."""

    signals: dict[int, list[facts.Signal]]
    lead_ids: tuple[int, ...]
    stored: int
    visitors: dict[VisitorKey, int]


def place(arrivals: Sequence[Arrival], *, now: datetime) -> Placed:
    """Store the events of many requests; those stored before are left out, so that a retry changes nothing."""
    by_visitor = _fresh(arrivals)
    browsers = _browsers(by_visitor, now=now)
    leads = crm.open_leads_of_people(
        {each.person_id for browser in browsers.values() for each in browser.known if not browser.is_bot}
    )
    book = _Book(leads=leads, now=now)
    for key, (arrival, hits) in by_visitor.items():
        _place(browsers[key], arrival, hits, book)
    book.number_visits()
    _write_browsers(browsers.values(), by_visitor)  # first: SQLite searches for children of a row that comes late
    book.write()
    return Placed(
        signals=book.told,
        lead_ids=tuple(sorted(book.lead_ids)),
        stored=len(book.signals),
        visitors={key: browser.id for key, browser in browsers.items()},
    )


def _fresh(arrivals: Sequence[Arrival]) -> dict[VisitorKey, tuple[Arrival, list[Hit]]]:
    """The events that are not stored yet by visitor, in order of time."""
    keys = {hit.key for arrival in arrivals for hit in arrival.hits}
    seen = {
        key for (key,) in streams.chosen("SELECT key FROM tracking_signal WHERE key {among}", [streams.among(keys)])
    }
    found: dict[VisitorKey, tuple[Arrival, list[Hit]]] = {}
    for arrival in arrivals:
        _, hits = found.setdefault((arrival.site.id, arrival.token), (arrival, []))
        for hit in arrival.hits:
            if hit.key not in seen:
                seen.add(hit.key)
                hits.append(hit)
    for _, hits in found.values():
        hits.sort(key=_by_time)
    return {key: each for key, each in found.items() if each[1]}


def _by_time(hit: Hit) -> datetime:
    return hit.at


# -- visitors

_SELECT = (
    "SELECT v.id, v.site_id, v.token, v.first_seen_at, v.last_seen_at, v.person_id, v.is_bot, v.visits, v.pages, "
    "v.visit_id FROM tracking_visitor v WHERE v.token {among} ORDER BY v.id"
)


def _browsers(wanted: Mapping[VisitorKey, tuple[Arrival, list[Hit]]], *, now: datetime) -> dict[VisitorKey, Browser]:
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


def _renamed(missing: Mapping[VisitorKey, tuple[Arrival, list[Hit]]], *, now: datetime) -> bool:
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


def _held(wanted: Mapping[VisitorKey, tuple[Arrival, list[Hit]]]) -> dict[VisitorKey, Browser]:
    rows = streams.chosen(_SELECT, [streams.among({token for _, token in wanted})], locking="v")
    kept = {(row[1], row[2]): row for row in rows if (row[1], row[2]) in wanted}
    stays = _stays([row[9] for row in kept.values() if row[9]])
    return {key: _browser(row, wanted[key][0].site, stays.get(row[9])) for key, row in kept.items()}


def _browser(row: Sequence[Any], site: SiteFacts, stay: Stay | None) -> Browser:
    pk, _, token, first_seen_at, last_seen_at, person_id, is_bot, visits_so_far, pages, _ = row
    return Browser(
        id=pk,
        site=site,
        token=token,
        first_seen_at=streams.aware(first_seen_at),
        last_seen_at=streams.aware(last_seen_at),
        person_id=person_id,
        is_bot=bool(is_bot),
        visits=visits_so_far,
        pages=pages,
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
    return {row[0]: _stay(row) for row in rows}


def _stay(row: Sequence[Any]) -> Stay:
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


def _make_all(missing: Mapping[VisitorKey, tuple[Arrival, list[Hit]]]) -> None:
    """Two processes may meet a visitor at once: one makes the row, the other waits and takes it."""
    rows = [
        (site_id, token, hits[0].at, hits[0].at) for (site_id, token), (_, hits) in sorted(missing.items(), key=_by_key)
    ]
    streams.change(
        "INSERT INTO tracking_visitor (site_id, token, is_bot, first_seen_at, last_seen_at, visits, pages, device, "
        "network, company_guess) VALUES (%s, %s, FALSE, %s, %s, 0, 0, '', '', '') "
        "ON CONFLICT (token, site_id) DO NOTHING",
        rows,
    )


def _by_key(item: tuple[VisitorKey, object]) -> VisitorKey:
    return item[0]


def _know(browsers: Sequence[Browser]) -> None:
    known = identities.standing([browser.id for browser in browsers if browser.person_id])
    for browser in browsers:
        browser.known = known.get(browser.id, ())


def _write_browsers(browsers: Iterable[Browser], by_visitor: Mapping[VisitorKey, tuple[Arrival, list[Hit]]]) -> None:
    new, old, stamp = [], [], streams.stamper()
    for one in browsers:
        arrival = by_visitor[one.site.id, one.token][0]
        seen = (stamp(one.first_seen_at), stamp(one.last_seen_at), one.stay.id if one.stay else None)
        told = (one.visits, one.pages, arrival.device, arrival.network, arrival.company_guess)
        if one.is_new:
            new.append((one.id, one.site.id, one.token, one.is_bot, *seen, *told))
        else:
            old.append((*seen, *told, one.id))
    streams.pour(
        Visitor,
        ("id", "site_id", "token", "is_bot", "first_seen_at", "last_seen_at", "visit_id", "visits", "pages", "device",
         "network", "company_guess"),
        new,
    )  # fmt: skip
    streams.change(
        "UPDATE tracking_visitor SET first_seen_at = %s, last_seen_at = %s, visit_id = %s, visits = %s, pages = %s, "
        "device = %s, network = %s, company_guess = %s WHERE id = %s",
        old,
    )


# -- events


class _Book:
    """The rows to be written, and what is told of them."""

    def __init__(self, *, leads: Mapping[int, int], now: datetime) -> None:
        self.leads = leads
        self.stamp = streams.stamper()
        self.now = self.stamp(now)
        self.signals: list[tuple[Any, ...]] = []
        self.touches: list[tuple[Any, ...]] = []
        self.stays: list[tuple[Stay, int]] = []
        self.told: dict[int, list[facts.Signal]] = {}
        self.lead_ids: set[int] = set()

    def number_visits(self) -> None:
        """Give the new visits their ids."""
        new = [(stay, visitor_id) for stay, visitor_id in self.stays if stay.is_new]
        for (stay, _), pk in zip(new, streams.reserve(Visit, len(new)), strict=True):
            stay.id = pk

    def write(self) -> None:
        _write_stays(self.stays)
        streams.pour(Signal, _SIGNAL, [_with_visit(row) for row in self.signals])
        streams.pour(Touch, _TOUCH, [_with_visit(row) for row in self.touches])


_SIGNAL: Final = (
    "visit_id", "person_id", "lead_id", "visitor_id", "kind", "at", "known_at", "path", "topic", "details", "key",
)  # fmt: skip
_TOUCH: Final = (
    "visit_id", "person_id", "lead_id", "visitor_id", "at", "channel", "source", "medium", "campaign", "term",
    "content", "click_id_kind", "click_id", "referrer", "landing", "extra",
)  # fmt: skip


def _with_visit(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Visits get their ids when all are known; rows carry the visit itself until then."""
    return (row[0].id, *row[1:])


def _place(browser: Browser, arrival: Arrival, hits: Sequence[Hit], book: _Book) -> None:
    stays = _stays_of(browser, hits, book)
    told: list[facts.Signal] = []
    stamp, now, counts = book.stamp, book.now, not browser.is_bot
    for hit, stay in zip(hits, stays, strict=True):
        person_id = owner_at(browser.known, hit.at) if browser.known and counts else None
        lead_id = book.leads.get(person_id) if person_id else None
        whose = (person_id, lead_id, browser.id)
        if hit.kind == PAGE_VIEW:
            _view(browser, stay, hit, whose, book)
        elif hit.kind == PAGE_READ:
            stay.seconds += _seconds(hit)
        details = streams.json_text(hit.details) if hit.details else "{}"
        book.signals.append((stay, *whose, hit.kind, stamp(hit.at), now, hit.path, "", details, hit.key))
        told.append(facts.Signal(id=len(told), kind=hit.kind, at=hit.at, path=hit.path or None))
        if lead_id:
            book.lead_ids.add(lead_id)
    if counts:
        book.told[browser.id] = told
    browser.first_seen_at = min(browser.first_seen_at, hits[0].at)
    browser.last_seen_at = max(browser.last_seen_at, hits[-1].at)


def _stays_of(browser: Browser, hits: Sequence[Hit], book: _Book) -> list[Stay]:
    """The visit of each event, each noted once to be written."""
    stays: list[Stay] = []
    for hit in hits:
        stay = _stay_of(browser, hit, book)
        if not stays or (stay is not stays[-1] and all(stay is not other for other in stays)):
            book.stays.append((stay, browser.id))
        stays.append(stay)
    return stays


def _stay_of(browser: Browser, hit: Hit, book: _Book) -> Stay:
    """The visit an event belongs to: the latest, an earlier one for a late event, or a new one."""
    stay = browser.stay
    if stay is not None and stay.holds(hit.at):
        stay.last_at, stay.started_at = max(stay.last_at, hit.at), min(stay.started_at, hit.at)
        return stay
    if stay is not None and hit.at < stay.started_at:
        return _earlier(browser, hit, book)
    browser.stay = Stay(id=0, started_at=hit.at, last_at=hit.at, entry_path=hit.path)
    browser.visits += 1
    return browser.stay


def _earlier(browser: Browser, hit: Hit, book: _Book) -> Stay:
    """Where an event belongs that came after those of a later visit."""
    for stay, visitor_id in book.stays:
        if visitor_id == browser.id and stay is not browser.stay and stay.holds(hit.at):
            stay.last_at, stay.started_at = max(stay.last_at, hit.at), min(stay.started_at, hit.at)
            return stay
    near = Visit.objects.filter(
        visitor=browser.id, started_at__lte=hit.at + visits.GAP, last_at__gte=hit.at - visits.GAP
    )
    columns = ("pk", "started_at", "last_at", "pages", "seconds", "entry_path", "exit_path", "channel", "source")
    for row in near.order_by("started_at").values_list(*columns):
        stay = _stay(row)
        if browser.stay is not None and stay.id == browser.stay.id and not browser.stay.is_new:
            continue
        if stay.holds(hit.at):
            stay.last_at, stay.started_at = max(stay.last_at, hit.at), min(stay.started_at, hit.at)
            return stay
    browser.visits += 1
    return Stay(id=0, started_at=hit.at, last_at=hit.at, entry_path=hit.path)


def _view(browser: Browser, stay: Stay, hit: Hit, whose: tuple[int | None, int | None, int], book: _Book) -> None:
    is_first = stay.pages == 0
    stay.pages += 1
    browser.pages += 1
    stay.exit_path = hit.path
    if not (is_first or _MARKED(hit.url) or (hit.referrer and _is_from_elsewhere(hit))):
        return
    came = touch_of(hit.url, hit.referrer, browser.site.hosts)
    if is_first:
        stay.entry_path = hit.path
        stay.channel, stay.source = str(came.channel), (came.source or came.referrer_host)[:200]
    elif came.channel in {Channel.INTERNAL, Channel.DIRECT}:
        return
    if came.channel != Channel.INTERNAL:
        book.touches.append((stay, *whose, *_touch_row(came, hit, book)))


def _is_from_elsewhere(hit: Hit) -> bool:
    host, referrer = hit.url.split("/", 3)[2:3], hit.referrer.split("/", 3)[2:3]
    return bool(referrer) and referrer != host


def _touch_row(came: Came, hit: Hit, book: _Book) -> tuple[Any, ...]:
    landing = hit.url.split("#", 1)[0].split("?", 1)[0][:500]
    return (
        book.stamp(hit.at), str(came.channel), came.source[:200], came.medium[:100], came.campaign[:200],
        came.term[:200], came.content[:200], came.click_id_kind[:20], came.click_id[:255], came.referrer_host[:500],
        landing,
        streams.json_text(dict(came.extra)),
    )  # fmt: skip


def _seconds(hit: Hit) -> int:
    seconds = hit.details.get("seconds")
    return min(int(seconds), LONGEST_READ) if isinstance(seconds, int | float) and seconds > 0 else 0


def _write_stays(stays: Sequence[tuple[Stay, int]]) -> None:
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
