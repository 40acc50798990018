"""Stores what arrived: visitors, visits, signals and touches of many requests in a fixed number of statements.

The caller holds the transaction. A visitor's row is held while its events are placed, so that an identification made
at the same moment either sees them or is seen by them; ids follow the order in which a visitor's events are placed.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

import msgspec

from polku.crm import queries as crm
from polku.rules import facts, visits
from polku.rules.channels import Channel
from polku.rules.touch import Touch as Came
from polku.rules.touch import touch
from polku.rules.visitors import owner_at
from polku.tables import streams
from polku.tracking import browsers
from polku.tracking.arrivals import Arrival, Hit
from polku.tracking.browsers import Browser, Stay, VisitorKey, Wanted, stay_of
from polku.tracking.models import Signal, Touch, Visit

PAGE_VIEW: Final = "page_view"
PAGE_READ: Final = "page_read"
SEEN_EVERY: Final = timedelta(minutes=1)  # the row of a visitor, and the index of those seen last, rest in between
LONGEST_READ: Final = 3_600  # seconds that one page can be said to be read at once
_MARKED: Final = re.compile(r"[?&#](?:utm_|mtm_|pk_|\w*(?:clid|braid|li_fat_id)=)").search

touch_of = lru_cache(maxsize=4096)(touch)  # many come by the same link to the same page


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """What was stored: the new signals of each visitor who counts, in their order, and the leads they speak of."""

    signals: dict[int, list[facts.Signal]]
    lead_ids: tuple[int, ...]
    stored: int
    visitors: dict[VisitorKey, int]


def place(arrivals: Sequence[Arrival], *, now: datetime) -> Placed:
    """Store the events of many requests; those stored before are left out, so that a retry changes nothing."""
    by_visitor = _grouped(arrivals)
    held = browsers.hold(by_visitor, now=now)
    fresh = _fresh(by_visitor)
    placed = {key: held[key] for key in fresh}
    leads = crm.open_leads_of_people(
        {each.person_id for browser in placed.values() for each in browser.known if not browser.is_bot}
    )
    book = _Book(leads=leads, now=now)
    for key, (_, hits) in fresh.items():
        _place(placed[key], hits, book)
    book.number_visits()
    browsers.write(placed.values(), fresh)  # first: SQLite searches for children of a row that comes late
    book.write()
    return Placed(
        signals=book.told,
        lead_ids=tuple(sorted(book.lead_ids)),
        stored=len(book.signals),
        visitors={key: browser.id for key, browser in placed.items()},
    )


def _grouped(arrivals: Sequence[Arrival]) -> Wanted:
    """The events by visitor."""
    found: dict[VisitorKey, tuple[Arrival, list[Hit]]] = {}
    for arrival in arrivals:
        if arrival.hits:
            _, hits = found.setdefault((arrival.site.id, arrival.token), (arrival, []))
            hits.extend(arrival.hits)
    return found


def _fresh(by_visitor: Wanted) -> dict[VisitorKey, tuple[Arrival, list[Hit]]]:
    """What is not stored yet, in order of time. Read while the visitors are held: nobody else stores it meanwhile."""
    keys = {hit.key for _, hits in by_visitor.values() for hit in hits}
    rows = streams.chosen("SELECT key FROM tracking_signal WHERE key {among}", [streams.among(keys)])
    seen = {key for (key,) in rows}
    found: dict[VisitorKey, tuple[Arrival, list[Hit]]] = {}
    for visitor, (arrival, hits) in by_visitor.items():
        new = {hit.key: hit for hit in hits if hit.key not in seen}
        if new:
            found[visitor] = arrival, sorted(new.values(), key=_by_time)
    return found


def _by_time(hit: Hit) -> datetime:
    return hit.at


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
        browsers.write_stays(self.stays)
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


def _place(browser: Browser, hits: Sequence[Hit], book: _Book) -> None:
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
    if hits[0].at < browser.first_seen_at or hits[-1].at - browser.last_seen_at >= SEEN_EVERY:
        browser.first_seen_at = min(browser.first_seen_at, hits[0].at)
        browser.last_seen_at = max(browser.last_seen_at, hits[-1].at)
        browser.is_changed = True


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
        stay.grow(hit.at)
        return stay
    if stay is not None and hit.at < stay.started_at:
        return _earlier(browser, hit, book)
    browser.pages_before += stay.pages if stay else 0
    browser.stay = Stay(id=0, started_at=hit.at, last_at=hit.at, entry_path=hit.path)
    browser.visits, browser.is_changed = browser.visits + 1, True
    return browser.stay


def _earlier(browser: Browser, hit: Hit, book: _Book) -> Stay:
    """Where an event belongs that came after those of a later visit."""
    for stay, visitor_id in book.stays:
        if visitor_id == browser.id and stay is not browser.stay and stay.holds(hit.at):
            stay.grow(hit.at)
            return stay
    near = Visit.objects.filter(
        visitor=browser.id, started_at__lte=hit.at + visits.GAP, last_at__gte=hit.at - visits.GAP
    )
    columns = ("pk", "started_at", "last_at", "pages", "seconds", "entry_path", "exit_path", "channel", "source")
    for row in near.order_by("started_at").values_list(*columns):
        stay = stay_of(row)
        if browser.stay is not None and stay.id == browser.stay.id and not browser.stay.is_new:
            continue
        if stay.holds(hit.at):
            stay.grow(hit.at)
            return stay
    browser.visits, browser.is_changed = browser.visits + 1, True
    return Stay(id=0, started_at=hit.at, last_at=hit.at, entry_path=hit.path)


def _view(browser: Browser, stay: Stay, hit: Hit, whose: tuple[int | None, int | None, int], book: _Book) -> None:
    is_first = stay.pages == 0
    stay.pages += 1
    if stay is not browser.stay:
        browser.pages_before, browser.is_changed = browser.pages_before + 1, True
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
