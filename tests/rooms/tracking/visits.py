"""Sites, browsers and what they send: the words that tests of visitors share."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

import msgspec

from polku.tracking import queries, settling, steps, wire
from polku.tracking.arrivals import Arrival, Sent
from polku.tracking.models import Site
from polku.tracking.refusals import Counter
from polku.tracking.settling import Placed
from polku.tracking.steps import Desk
from polku.web import collecting
from polku.web.rates import AddressRates

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
HOME = "https://www.kovarna.example"
_numbers = count(1)


def make_site(*, now: datetime, key: str = "site-one", consent: str = "free", **more: Any) -> Site:
    given = {"name": "Website", "hosts": ["kovarna.example"], "secret": "s3cret"} | more
    return Site.objects.create(key=key, consent=consent, created_at=now, **given)


def token(name: str) -> str:
    """A browser's cookie."""
    return (name + "0123456789abcdef")[:20]


def event(path: str = "/", kind: str = "page_view", *, ago: timedelta = timedelta(), **more: Any) -> dict[str, Any]:
    given = {"i": f"event-{next(_numbers):06}", "k": kind, "u": HOME + path, "a": ago / timedelta(milliseconds=1)}
    return given | more


def body(*events: dict[str, Any], site: str = "site-one", visitor: str = "anna", **more: Any) -> bytes:
    return msgspec.json.encode({"s": site, "v": token(visitor), "e": list(events)} | more)


def sent(content: bytes, *, now: datetime, **more: Any) -> Sent:
    given = {"address": "203.0.113.9", "origin": HOME, "user_agent": CHROME} | more
    return Sent(body=content, at=now, **given)


def desk(*, now: datetime, counter: Counter | None = None, per_second: float = 10_000) -> Desk:
    from polku.tracking import cookieless  # noqa: PLC0415  needs the database

    return Desk(
        sites=queries.site_facts(),
        salts=cookieless.salts(now=now),
        rates=AddressRates(per_second),
        counter=counter or Counter(),
    )


def arrive(*events: dict[str, Any], now: datetime, **more: Any) -> Arrival:
    return steps.admit(sent(body(*events, **more), now=now), desk(now=now))


def come(*events: dict[str, Any], now: datetime, **more: Any) -> Placed:
    """A browser sends events, and they are stored."""
    return collecting.store([arrive(*events, now=now, **more)], now=now)


__all__ = [
    "CHROME",
    "HOME",
    "arrive",
    "body",
    "come",
    "desk",
    "event",
    "make_site",
    "sent",
    "settling",
    "token",
    "wire",
]
