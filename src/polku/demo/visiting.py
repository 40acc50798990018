"""Visitors of the example's website: what the simulator draws, brought in as the collector brings in the real ones."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

import msgspec
from django.db import transaction

from polku.demo.history import Worked
from polku.news import actions as news
from polku.news.events import SignalsRecorded
from polku.playbook import queries as playbook
from polku.rules import bots, networks
from polku.scoring import visitors as scoring
from polku.simulator.fresh import draw_return
from polku.simulator.turned_away import Turned, draw_turned_away
from polku.simulator.visiting import BrowserRecord, Deed, Sitting, browser_by_mail, draw_strangers
from polku.tracking import identifying, queries, refusals, settling, sightings, steps
from polku.tracking.arrivals import Arrival, Hit, SiteFacts
from polku.tracking.identifying import Introduced
from polku.tracking.models import IdentificationKind
from polku.tracking.refusals import Counter, Refused, Why

SYSTEM: Final = "demo"


class Website(msgspec.Struct, frozen=True, kw_only=True):
    """The example's website as the collector knows it, and the origin of its pages."""

    site: SiteFacts
    origin: str


def website(key: str, *, origin: str) -> Website:
    return Website(site=queries.site_facts()[key], origin=origin)


def arrivals(browser: BrowserRecord, to: Website) -> list[Arrival]:
    """A browser's visits, each as one request at its end."""
    return [_arrival(browser, sitting, to) for sitting in browser.sittings]


def _arrival(browser: BrowserRecord, sitting: Sitting, to: Website) -> Arrival:
    return Arrival(
        site=to.site,
        token=browser.token,
        at=sitting[-1].at,
        host=urlsplit(to.origin).netloc,
        device=steps.device(browser.agent),
        network=networks.truncated(browser.network_address),
        company_guess=browser.company,
        hits=[_hit(deed, to) for deed in sitting],
    )


def _hit(deed: Deed, to: Website) -> Hit:
    return Hit(
        key=f"{SYSTEM}:{to.site.id}:{deed.key}",
        kind=deed.kind,
        at=deed.at,
        path=urlsplit(deed.address).path,
        details=dict(deed.details),
        url=to.origin + deed.address,
        referrer=deed.referrer,
    )


@transaction.atomic
def come(arriving: Iterable[Arrival]) -> None:
    """Store visits one by one, in order of time, each when it was over: known from then on."""
    force = playbook.in_force()
    for arrival in sorted(arriving, key=_when):
        scoring.add(settling.place([arrival], now=arrival.at).signals, force=force)


def _when(arrival: Arrival) -> datetime:
    return arrival.at


def bring_strangers(to: Website, companies: Sequence[str], *, seed: int, now: datetime) -> int:
    """Visitors nobody knows; answers how many."""
    strangers = list(draw_strangers(seed, companies=companies, now=now))
    arriving = sorted((each for one in strangers for each in arrivals(one, to)), key=_when)
    come(arriving)
    sightings.note(arriving[:1], now=now)
    sightings.note(arriving[-1:], now=now)
    return len(strangers)


@transaction.atomic
def bring_back(worked: Sequence[Worked], to: Website, *, seed: int, now: datetime) -> None:
    """Buyers in the middle of a sale read our pages again: first by a link in a mail, so that we know who it is."""
    people: dict[str, Worked] = {}
    arriving: list[Arrival] = []
    for one in worked:
        if signals := draw_return(seed, one.record.key, topic=one.record.topic, now=now):
            browser = browser_by_mail(seed, f"{one.record.key}-back", signals, now=now)
            people[browser.token] = one
            arriving += arrivals(browser, to)
    unknown = set(people)
    for arrival in sorted(arriving, key=_when):
        come([arrival])
        if arrival.token in unknown:
            unknown.discard(arrival.token)
            _introduce(arrival, people[arrival.token].person_id)
    if people:
        lead_ids = tuple(sorted(one.lead_id for one in people.values()))
        person_ids = tuple(sorted({one.person_id for one in people.values()}))
        news.publish(SignalsRecorded(person_ids=person_ids, lead_ids=lead_ids), now=now)


def _introduce(arrival: Arrival, person_id: int) -> None:
    clicked = next(hit for hit in arrival.hits if hit.kind == "email_click")
    introduced = Introduced(
        site_key=arrival.site.key,
        token=arrival.token,
        person_id=person_id,
        kind=IdentificationKind.MAIL,
        at=clicked.at,
        evidence=f"event:{clicked.key}"[:80],
    )
    identifying.identify([introduced], now=arrival.at)


def turn_away(to: Website, *, seed: int, now: datetime) -> None:
    """What the collector refused in the last days, and which programs came."""
    counter = Counter()
    for turned in draw_turned_away(seed, now=now):
        _count(turned, to.site, counter)
    refusals.flush(counter)


def _count(turned: Turned, site: SiteFacts, counter: Counter) -> None:
    why, name = Why(turned.reason), ""
    if turned.agent:
        name = bots.bot_name(turned.agent) or ""
        counter.bot(site.id, name, at=turned.at)
    site_key = "" if why in {Why.UNKNOWN_SITE, Why.MALFORMED, Why.NOT_POST} else site.key
    counter.refused(Refused(why, name or turned.sample, site_key=site_key), at=turned.at)
