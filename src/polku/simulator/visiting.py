"""What browsers do on the website, as its script would tell it: pages seen and read, visit by visit."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from polku.rules.visits import starts_visit
from polku.simulator.catalogue import DOWNLOADS
from polku.simulator.draw import Random, Weighted, chance, log_normal, source
from polku.simulator.fresh import Fresh
from polku.simulator.records import SignalRecord, TouchRecord
from polku.simulator.research import Scene, channels_at, draw_pages, draw_touch, topics_at
from polku.simulator.rhythm import draw_moment

ZONE: Final = "Europe/Helsinki"
_WINDOWS: Final = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
_MAC: Final = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)"
_CHROME: Final = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0"
AGENTS: Final = Weighted(
    {
        f"{_WINDOWS} {_CHROME} Safari/537.36": 0.34,
        f"{_WINDOWS} {_CHROME} Safari/537.36 Edg/140.0.0.0": 0.22,
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0": 0.10,
        f"{_MAC} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15": 0.08,
        f"Mozilla/5.0 (Linux; Android 10; K) {_CHROME} Mobile Safari/537.36": 0.12,
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
        "Version/18.5 Mobile/15E148 Safari/604.1": 0.10,
        "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0": 0.04,
    }
)


class Deed(msgspec.Struct, frozen=True, kw_only=True):
    """One event of a browser. `address` is the page's, from its host on, with what stands behind the question mark."""

    key: str
    kind: str
    at: datetime
    address: str
    referrer: str = ""
    details: dict[str, int | str] = {}


type Sitting = tuple[Deed, ...]  # one visit


class BrowserRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A browser with its visits. Its name is a cookie's, or that of one day where they did not agree to cookies."""

    key: str
    token: str
    agent: str
    network_address: str
    company: str
    sittings: tuple[Sitting, ...]


class Habit(msgspec.Struct, frozen=True, kw_only=True):
    """How a kind of visitor looks around: how many of them there are, how often they come, how near they are to buy."""

    name: str
    browsers: int
    visits: tuple[int, int]  # fewest, most
    most_pages: int
    intent: float
    progress: float
    downloads: float = 0.0


HABITS: Final = (
    Habit(name="passing", browsers=54, visits=(1, 1), most_pages=3, intent=-1.5, progress=0.1),
    Habit(name="comparing", browsers=16, visits=(2, 3), most_pages=7, intent=0.3, progress=0.6, downloads=0.2),
    Habit(name="deciding", browsers=6, visits=(4, 6), most_pages=9, intent=2.5, progress=1.0, downloads=0.35),
)
HERE: Final = {("passing", 0): 2, ("comparing", 0): 5, ("deciding", 0): 9}  # minutes ago of who is here right now
_LATELY: Final = 0.55  # of the last day; the others within two weeks


def draw_strangers(seed: int, *, companies: Sequence[str], now: datetime) -> Iterator[BrowserRecord]:
    """Browsers that nobody knows, of the last two weeks and right now. Some sit in the network of a company."""
    for habit in HABITS:
        for number in range(habit.browsers):
            yield _stranger(seed, habit, number, companies, now=now)


def _stranger(seed: int, habit: Habit, number: int, companies: Sequence[str], *, now: datetime) -> BrowserRecord:
    key = f"{habit.name}-{number}"
    random = source(seed, "stranger", key)
    scene = Scene(
        key=key, topic=topics_at(0).draw(random), channel=channels_at(0).draw(random), month=0, intent=habit.intent
    )
    signals: list[SignalRecord] = []
    touches: list[TouchRecord] = []
    for visit, at in enumerate(_starts(random, habit, number, now=now)):
        touches += draw_touch(random, scene, at, is_first=visit == 0)
        signals += draw_pages(random, scene, at, number=visit, progress=habit.progress)[: habit.most_pages - 1]
        if chance(random, habit.downloads):
            signals += _download(random, scene, signals[-1].at, visit)
    company = random.choice(companies) if companies and chance(random, 0.3) else ""
    sittings = draw_sittings(random, key, signals, touches, until=now)
    return draw_browser(seed, key, sittings, agreed=len(sittings) > 1 or chance(random, 0.4), company=company)


def _starts(random: Random, habit: Habit, number: int, *, now: datetime) -> list[datetime]:
    """When the visits of one browser begin: the last one first drawn, the others on days before it."""
    fewest, most = habit.visits
    minutes = HERE.get((habit.name, number))
    days = 1 if chance(random, _LATELY) else 14
    last = now - timedelta(minutes=minutes) if minutes else _moment(random, days, now=now)
    before = random.sample(range(1, 10), fewest - 1 + int(random.random() * (most - fewest + 1)))
    return [last - timedelta(days=each, minutes=int(random.random() * 90)) for each in sorted(before, reverse=True)] + [
        last
    ]


def _moment(random: Random, days: int, *, now: datetime) -> datetime:
    """A moment of the last days that leaves time for a visit, mostly in office hours."""
    at = draw_moment(random, now.date() - timedelta(days=int(random.random() * days)), zone=ZONE)
    return at if at < now - timedelta(minutes=45) else at - timedelta(days=1)


def _download(random: Random, scene: Scene, at: datetime, visit: int) -> list[SignalRecord]:
    """The page of the guides, and one of them taken."""
    item = random.choice(DOWNLOADS)
    at += timedelta(seconds=20 + int(random.random() * 40))
    seen = SignalRecord(key=f"{scene.key}-g{visit}", kind="page_view", at=at, path="/resources")
    file = {"file": f"/resources/{item}.pdf"}
    taken = at + timedelta(seconds=15 + int(random.random() * 30))
    return [
        seen,
        SignalRecord(key=f"{scene.key}-f{visit}", kind="content_download", at=taken, path="/resources", details=file),
    ]


# -- a browser


def draw_browser(
    seed: int, key: str, sittings: tuple[Sitting, ...], *, agreed: bool = True, company: str = ""
) -> BrowserRecord:
    """A browser with its device and network; addresses are kept for examples (RFC 5737 and 3849)."""
    random = source(seed, "browser", key)
    token = f"{random.getrandbits(96):024x}" if agreed else f"d-{random.getrandbits(128):032x}"
    return BrowserRecord(
        key=key,
        token=token,
        agent=AGENTS.draw(random),
        network_address=_address(random),
        company=company,
        sittings=sittings,
    )


def _address(random: Random) -> str:
    number = 1 + int(random.random() * 250)
    network = random.choice(("192.0.2", "198.51.100", "203.0.113", ""))
    return f"{network}.{number}" if network else f"2001:db8:{random.getrandbits(16):x}::{number:x}"


def browser_of(fresh: Fresh, *, seed: int) -> BrowserRecord:
    """The browser in which somebody looked around until they said who they are."""
    random = source(seed, "sitting", fresh.key)
    return draw_browser(
        seed,
        fresh.key,
        draw_sittings(random, fresh.key, fresh.signals, fresh.touches, until=fresh.raised.at),
    )


def browser_by_mail(seed: int, key: str, signals: Sequence[SignalRecord], *, now: datetime) -> BrowserRecord:
    """The browser of somebody we wrote to: they came by the link of the mail, which tells who they are."""
    first = min(signals, key=lambda signal: signal.at)
    at = first.at - timedelta(seconds=6)
    clicked = SignalRecord(key=f"{key}-m", kind="email_click", at=at + timedelta(seconds=1), path=first.path)
    marks = "?utm_source=sales&utm_medium=email&utm_campaign=follow-up"
    touch = TouchRecord(at=at, channel="email", landing=first.path + marks)
    random = source(seed, "sitting", key)
    return draw_browser(seed, key, draw_sittings(random, key, [*signals, clicked], [touch], until=now))


def draw_sittings(
    random: Random, key: str, signals: Sequence[SignalRecord], touches: Sequence[TouchRecord], *, until: datetime
) -> tuple[Sitting, ...]:
    """The visits in what somebody did: each touch is a page seen too, each page is read for a while."""
    seen = [_deed(signal) for signal in signals]
    seen += [_landing(touch, f"{key}-t{number}") for number, touch in enumerate(touches)]
    seen = sorted((deed for deed in seen if deed.at < until), key=lambda deed: deed.at)
    visits: list[list[Deed]] = []
    for deed, after in zip(seen, [*seen[1:], None], strict=True):
        if not visits or starts_visit(visits[-1][-1].at, deed.at):
            visits.append([])
        visits[-1].append(deed)
        if deed.kind == "page_view":
            visits[-1] += _read(random, deed, until=after.at if after else until)
    return tuple(tuple(visit) for visit in visits)


def _deed(signal: SignalRecord) -> Deed:
    return Deed(key=signal.key, kind=signal.kind, at=signal.at, address=signal.path, details=dict(signal.details))


def _landing(touch: TouchRecord, key: str) -> Deed:
    return Deed(key=key, kind="page_view", at=touch.at, address=touch.landing, referrer=touch.referrer)


def _read(random: Random, view: Deed, *, until: datetime) -> list[Deed]:
    """How long a page was read; nothing of one that is open still or was left at once."""
    seconds, depth = int(log_normal(random, 40.0, 0.7)), 20 + int(random.random() * 81)
    left = int((until - view.at).total_seconds()) - 1
    seconds = min(seconds, left, 900)
    if seconds < 2:
        return []
    return [
        Deed(
            key=f"{view.key}-r",
            kind="page_read",
            at=view.at + timedelta(seconds=seconds),
            address=view.address,
            details={"seconds": seconds, "depth": depth},
        )
    ]
