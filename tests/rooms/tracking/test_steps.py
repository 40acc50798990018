"""The steps of the collector: what passes, and what is refused by which name."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from polku.tracking import steps
from polku.tracking.arrivals import Arrival
from polku.tracking.models import Site
from polku.tracking.refusals import Counter, Refused, Why
from polku.web.rates import MOST_ADDRESSES, AddressRates
from tests.rooms.tracking.visits import CHROME, HOME, body, desk, event, make_site, sent


def refusal(content: bytes, *, now: datetime, **more: Any) -> str:
    with pytest.raises(Refused) as refused:
        steps.admit(sent(content, now=now, **more), desk(now=now))
    return str(refused.value.why)


def admit(content: bytes, *, now: datetime, counter: Counter | None = None, **more: Any) -> Arrival:
    return steps.admit(sent(content, now=now, **more), desk(now=now, counter=counter))


def counted(counter: Counter, now: datetime) -> dict[str, int]:
    from polku.tracking import refusals  # noqa: PLC0415
    from polku.tracking.models import Refusal  # noqa: PLC0415

    refusals.flush(counter)
    return dict(Refusal.objects.values_list("reason", "count"))


MALFORMED: dict[str, Callable[[], bytes]] = {
    "no json": lambda: b"s=site-one",
    "empty": lambda: b"",
    "a list": lambda: b"[]",
    "no events": body,
    "too many events": lambda: body(*(event() for _ in range(51))),
    "an id with other signs": lambda: body(event(i="<script>alert(1)</script>")),
    "a kind with other signs": lambda: body(event(k="__proto__")),
    "a visitor id too short": lambda: body(event(), v="x"),
    "a negative age": lambda: body(event(a=-5)),
    "an age beyond reason": lambda: body(event(a=1e300)),
    "details too deep": lambda: body(event(d={"a": {"b": 1}})),
    "details too many": lambda: body(event(d={f"k{n}": 1 for n in range(20)})),
    "a detail too long": lambda: body(event(d={"a": "x" * 600})),
    "an address too long": lambda: body(event("/" + "x" * 3000)),
    "deep nesting": lambda: b'{"s":' + b"[" * 10_000 + b"]" * 10_000 + b"}",
    "broken utf-8": lambda: body(event()).replace(b"page_view", b"page_\xff\xfe"),
    "a lone surrogate": lambda: body(event(d={"a": "x"})).replace(b'"x"', b'"\\ud800"'),
    "not a number": lambda: body(event()).replace(b'"a":0.0', b'"a":NaN'),
}


@pytest.mark.parametrize("what", MALFORMED)
def test_what_no_script_sends_is_malformed(site: Site, now: datetime, what: str) -> None:
    assert refusal(MALFORMED[what](), now=now) == Why.MALFORMED


def test_keys_that_pollute_prototypes_are_kept_as_words_or_dropped(site: Site, now: datetime) -> None:
    content = body(event(d={"__proto__": "x", "constructor": "y"}), constructor={"prototype": {"admin": 1}})
    arrival = admit(content.replace(b'{"s"', b'{"__proto__":{"a":1},"s"'), now=now)

    assert arrival.hits[0].details == {"__proto__": "x", "constructor": "y"}
    assert type(arrival.hits[0].details) is dict


def test_too_much_is_refused_before_it_is_read(site: Site, now: datetime) -> None:
    assert refusal(b"{" + b" " * 40_000, now=now) == Why.TOO_LARGE


@pytest.mark.parametrize("key", ["other", "", "' OR 1=1 --", "site-one\x00"])
def test_a_forged_site_is_unknown(site: Site, now: datetime, key: str) -> None:
    assert refusal(body(event(), site=key), now=now) == Why.UNKNOWN_SITE


def test_a_site_out_of_use_is_unknown(site: Site, now: datetime) -> None:
    Site.objects.update(is_active=False)
    assert refusal(body(event()), now=now) == Why.UNKNOWN_SITE


@pytest.mark.parametrize(
    ("origin", "passes"),
    [
        ("https://www.kovarna.example", True),
        ("https://kovarna.example", True),
        ("http://KOVARNA.example", True),
        ("https://shop.kovarna.example", False),
        ("https://kovarna.example.evil.example", False),
        ("https://evilkovarna.example", False),
        ("https://kovarna.example@evil.example", False),
        ("https://kovarna.example:8443", False),
        ("null", False),
        ("", False),
    ],
)
def test_only_pages_of_the_site_may_send(site: Site, now: datetime, origin: str, passes: bool) -> None:  # noqa: FBT001
    if passes:
        assert admit(body(event()), now=now, origin=origin).hits
    else:
        assert refusal(body(event()), now=now, origin=origin) == Why.FOREIGN_HOST


def test_a_star_opens_the_hosts_below(playbook: None, now: datetime) -> None:
    make_site(now=now, hosts=["*.kovarna.example", "localhost:8001"])
    assert admit(body(event()), now=now, origin="https://shop.kovarna.example").hits
    assert admit(body(event(u="http://localhost:8001/")), now=now, origin="http://localhost:8001").hits
    assert refusal(body(event()), now=now, origin="https://other.example") == Why.FOREIGN_HOST


def test_where_a_browser_hides_the_origin_the_referrer_tells(site: Site, now: datetime) -> None:
    assert admit(body(event()), now=now, origin="", referrer=f"{HOME}/pricing").hits


def test_an_event_of_another_page_is_left_out_and_counted(site: Site, now: datetime) -> None:
    counter = Counter()
    arrival = admit(body(event(), event(u="https://evil.example/")), now=now, counter=counter)

    assert len(arrival.hits) == 1
    assert counted(counter, now) == {"foreign_host": 1}


def test_a_browser_that_objects_is_not_recorded(site: Site, now: datetime) -> None:
    assert refusal(body(event(), c=1), now=now, objects=True) == Why.PRIVACY_SIGNAL


@pytest.mark.parametrize(
    ("mode", "asked", "token"),
    [
        ("free", None, "cookie"), ("free", 1, "cookie"), ("free", 0, "refused"),
        ("cookieless", None, "hash"), ("cookieless", 1, "cookie"), ("cookieless", 0, "refused"),
        ("ask", None, "refused"), ("ask", 1, "cookie"), ("ask", 0, "refused"),
    ],
)  # fmt: skip
def test_consent_decides_between_nothing_a_hash_and_a_cookie(
    playbook: None, now: datetime, mode: str, asked: int | None, token: str
) -> None:
    make_site(now=now, consent=mode)
    content = body(event(), **({} if asked is None else {"c": asked}))
    if token == "refused":
        assert refusal(content, now=now) == Why.CONSENT_WITHHELD
    else:
        assert admit(content, now=now).token.startswith("d-") is (token == "hash")


def test_a_hash_lasts_a_day_and_tells_nothing(playbook: None, now: datetime) -> None:
    make_site(now=now, consent="cookieless")
    one = admit(body(event()), now=now).token
    assert admit(body(event()), now=now).token == one
    assert admit(body(event()), now=now, address="203.0.113.10").token != one
    assert admit(body(event()), now=now, user_agent=CHROME + " Other").token != one
    assert admit(body(event()), now=now + timedelta(days=1)).token != one
    assert "203" not in one


def test_bots_are_refused_and_told_apart_by_name(site: Site, now: datetime) -> None:
    from polku.tracking import refusals  # noqa: PLC0415
    from polku.tracking.models import BotHits, Signal  # noqa: PLC0415

    counter = Counter()
    for agent in ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "curl/8.0", ""):
        with pytest.raises(Refused) as refused:
            admit(body(event()), now=now, user_agent=agent, counter=counter)
        assert refused.value.why is Why.BOT
    refusals.flush(counter)
    assert {"Googlebot", "unnamed"} <= set(BotHits.objects.values_list("name", flat=True))
    assert not Signal.objects.exists()


def test_old_events_spam_and_claims_nobody_may_make_are_counted_by_name(site: Site, now: datetime) -> None:
    counter = Counter()
    arrival = admit(
        body(
            event(ago=timedelta(hours=25)),
            event(kind="quote_requested"),
            event(kind="identified", d={"token": "forged"}),
            event("/pricing"),
        ),
        now=now,
        counter=counter,
    )

    assert [hit.path for hit in arrival.hits] == ["/pricing"]
    assert counted(counter, now) == {"too_old": 1, "unproven": 2}


def test_clocks_of_browsers_do_not_matter(site: Site, now: datetime) -> None:
    arrival = admit(body(event(ago=timedelta(minutes=5))), now=now)
    assert arrival.hits[0].at == now - timedelta(minutes=5)


def test_one_address_may_not_flood(site: Site, now: datetime) -> None:
    tight = desk(now=now, per_second=2)
    admitted = 0
    for number in range(100):
        try:
            steps.admit(sent(body(event(), visitor=f"flood{number}"), now=now), tight)
        except Refused as refused:
            assert refused.why is Why.RATE  # noqa: PT017
        else:
            admitted += 1
    assert admitted == 30
    assert steps.admit(sent(body(event()), now=now, address="198.51.100.1"), tight).hits


def test_the_memory_of_addresses_is_bounded_and_an_ipv6_household_is_one() -> None:
    rates = AddressRates(10, clock=lambda: 0.0)
    for number in range(MOST_ADDRESSES + 5_000):
        rates.allows(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", 1)
    assert len(rates) == MOST_ADDRESSES
    assert [rates.allows(f"2001:db8:1:2::{number:x}", 50) for number in range(4)] == [True, True, True, False]


def test_what_is_counted_does_not_grow_with_who_sends(site: Site, now: datetime) -> None:
    counter = Counter()
    for number in range(5_000):
        counter.refused(Refused(Why.UNKNOWN_SITE, f"forged-{number}"), at=now)
        counter.bot(site.pk, f"bot {number}", at=now)
    assert len(counter._refusals) == 1
    assert len(counter._bots) <= 2_001
