"""The living now: interests shown within the last hours, from companies that the history has not met."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

import msgspec

from polku.simulator.draw import Random, poisson, source
from polku.simulator.market import Market
from polku.simulator.places import land_at
from polku.simulator.population import draw_company, draw_people
from polku.simulator.records import CompanyRecord, PersonRecord, SignalRecord, TouchRecord
from polku.simulator.research import Scene, channels_at, draw_pages, draw_raise, draw_touch
from polku.simulator.words import ask

_BUYERS: Final = frozenset({"maintenance", "purchasing", "production", "management"})


class Wish(msgspec.Struct, frozen=True):
    """What comes in: how long ago, what, about which topic, from where, and when it was answered, if so."""

    minutes_ago: int
    kind: str
    topic: str
    country: str
    fewest_people: int = 40
    answered_after: int | None = None


WISHES: Final = (
    Wish(352, "quote_requested", "machined-parts", "DE", answered_after=12),
    Wish(331, "form_sent", "fasteners", "EE", 10),
    Wish(286, "chat_started", "laser-cutting", "SE", answered_after=9),
    Wish(243, "demo_requested", "bending", "PL", answered_after=25),
    Wish(212, "form_sent", "consulting", "CZ"),
    Wish(188, "content_download", "consulting", "FI"),
    Wish(171, "quote_requested", "laser-cutting", "FI", 300, answered_after=8),
    Wish(132, "webinar_attended", "maintenance", "FI"),
    Wish(118, "demo_requested", "consulting", "FI"),
    Wish(96, "form_sent", "machined-parts", "CZ"),
    Wish(76, "demo_requested", "maintenance", "PL"),
    Wish(55, "content_download", "fasteners", "PL", 10),
    Wish(41, "quote_requested", "consulting", "FI"),
    Wish(33, "chat_started", "machined-parts", "SK"),
    Wish(27, "chat_started", "bending", "FI"),
    Wish(14, "demo_requested", "machined-parts", "FI", 60),
    Wish(9, "quote_requested", "laser-cutting", "FI", 50),
    Wish(6, "quote_requested", "laser-cutting", "CZ", 80),
    Wish(3, "quote_requested", "maintenance", "PL", 50),
)


class Fresh(msgspec.Struct, frozen=True, kw_only=True):
    """One interest of today. `raised` is its last signal; the others came before they were known."""

    key: str
    company: CompanyRecord
    person: PersonRecord
    topic: str
    message: str
    touches: tuple[TouchRecord, ...]
    signals: tuple[SignalRecord, ...]
    raised: SignalRecord
    answered_at: datetime | None


def draw_fresh(market: Market, *, now: datetime) -> Iterator[Fresh]:
    """The interests of the last hours, oldest first."""
    index = market.companies
    for number, wish in enumerate(WISHES):
        random = source(market.seed, "fresh", number)
        index, company, person = _find(market, random, wish, index + 1, now=now)
        yield _interest(random, wish, company, person, now=now)


def _find(
    market: Market, random: Random, wish: Wish, index: int, *, now: datetime
) -> tuple[int, CompanyRecord, PersonRecord]:
    """The next company beyond the history that fits the wish, with somebody who buys."""
    while True:
        land, _ = land_at(index)
        if land.code == wish.country:
            company = draw_company(source(market.seed, "company", index), index)
            people = draw_people(random, company, land, mean=3.0, known_at=now)
            buyers = [person for person in people if person.function in _BUYERS]
            if company.employees >= wish.fewest_people and buyers:
                return index, company, buyers[0]
        index += 1


def _interest(random: Random, wish: Wish, company: CompanyRecord, person: PersonRecord, *, now: datetime) -> Fresh:
    key = f"{person.key}-now"
    raised_at = now - timedelta(minutes=wish.minutes_ago)
    scene = Scene(key=key, topic=wish.topic, channel=channels_at(0).draw(random), month=0, intent=1.2)
    starts = [raised_at - timedelta(days=days, hours=random.random() * 5) for days in _days_before(random)]
    signals: list[SignalRecord] = []
    touches: list[TouchRecord] = []
    for number, at in enumerate([*starts, raised_at - timedelta(minutes=12)]):
        touches += draw_touch(random, scene, at, is_first=number == 0)
        signals += draw_pages(random, scene, at, number=number, progress=0.5 + 0.1 * number)
    return Fresh(
        key=key,
        company=company,
        person=person,
        topic=wish.topic,
        message=ask(random, language=person.language),
        touches=tuple(touches),
        signals=tuple(signal for signal in signals if signal.at < raised_at),
        raised=draw_raise(random, scene, wish.kind, raised_at),
        answered_at=raised_at + timedelta(minutes=wish.answered_after) if wish.answered_after else None,
    )


def _days_before(random: Random) -> list[int]:
    return sorted((1 + int(random.random() * 9) for _ in range(1 + poisson(random, 1.5))), reverse=True)


def draw_return(seed: int, key: str, *, topic: str, now: datetime) -> tuple[SignalRecord, ...]:
    """What the person behind an open lead read during the last three days; most of them nothing."""
    random = source(seed, "return", key)
    if random.random() < 0.7:
        return ()
    scene = Scene(key=f"{key}-now", topic=topic, channel="direct", month=0, intent=random.gauss(0.6, 1.0))
    signals: list[SignalRecord] = []
    for number in range(1 + poisson(random, 0.8)):
        at = now - timedelta(hours=0.4 + random.random() * 68)
        signals += draw_pages(random, scene, at, number=number, progress=0.9)
    return tuple(signal for signal in signals if signal.at < now)
