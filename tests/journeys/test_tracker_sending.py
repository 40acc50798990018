"""What the browser script sends arrives: later when Polku is busy, after the network is back, from the next page."""

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import Visit
from tests.journeys.tracked import Collector, TrackedWebsite
from tests.journeys.watch import Watch

MOST_BYTES = 32_768
MOST_EVENTS = 50


@pytest.fixture
def page(visit: Visit, web_watch: Watch) -> Page:
    web_watch.expected |= {"status of 4", "status of 5", " from ", "ERR_INTERNET_DISCONNECTED"}
    return visit().new_page()


@pytest.mark.parametrize("status", [429, 503])
def test_busy_server_gets_the_same_ids_later(
    page: Page, tracked: TrackedWebsite, collector: Collector, status: int
) -> None:
    collector.answers = [status]
    page.goto(tracked.show("/"))
    first, second = collector.wait("page_view", 2)

    assert first["i"] == second["i"]
    assert second["a"] - first["a"] >= 1000  # Retry-After: 1
    assert {key: first[key] for key in ("k", "u", "d")} == {key: second[key] for key in ("k", "u", "d")}
    assert page.evaluate("sessionStorage.length") == 0


def test_busy_server_is_left_alone_until_then(page: Page, tracked: TrackedWebsite, collector: Collector) -> None:
    collector.answers = [503]
    page.goto(tracked.show("/"))
    page.wait_for_function("sessionStorage.length === 1")
    page.evaluate("polku('event', 'a')")
    page.evaluate("polku('event', 'b')")
    collector.wait("b")

    assert [sent.kinds for sent in collector.sent] == [["page_view"], ["page_view", "a", "b"]]


def test_refusal_is_final(page: Page, tracked: TrackedWebsite, collector: Collector) -> None:
    collector.answers = [400]
    page.goto(tracked.show("/"))
    collector.wait("page_view")
    page.evaluate("polku('event', 'a')")
    collector.wait("a")

    assert [sent.kinds for sent in collector.sent] == [["page_view"], ["a"]]


def test_next_page_sends_what_waits(page: Page, tracked: TrackedWebsite, collector: Collector) -> None:
    collector.retry_after = "600"
    collector.answers = [503]
    page.goto(tracked.show("/"))
    page.wait_for_function("sessionStorage.length === 1")
    page.evaluate("polku('event', 'waits')")
    page.goto(tracked.show("/next"))
    collector.wait("page_view", 3)
    first, second = collector.sent

    assert first.ids == second.ids[:1]
    # On a slow machine the first page was read for a second before it was left, which is told too.
    assert [kind for kind in second.kinds if kind != "page_read"] == ["page_view", "waits", "page_view"]
    assert second.body["e"][0]["a"] >= second.body["e"][2]["a"]
    page.wait_for_function("sessionStorage.length === 0")


def test_network_away_and_back(page: Page, tracked: TrackedWebsite, collector: Collector) -> None:
    page.goto(tracked.show("/"))
    collector.wait("page_view")
    page.context.set_offline(True)
    page.evaluate("polku('event', 'a')")
    page.wait_for_function("sessionStorage.length === 1")
    page.evaluate("polku('event', 'b')")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    while_away = len(collector.sent)
    page.context.set_offline(False)
    collector.wait("b")

    assert while_away == 1
    assert collector.sent[1].kinds == ["a", "b"]


@pytest.mark.parametrize(
    "beacon", ["delete Navigator.prototype.sendBeacon", "Navigator.prototype.sendBeacon = () => false"]
)
def test_without_beacon_the_last_words_arrive_too(
    visit: Visit, tracked: TrackedWebsite, collector: Collector, beacon: str
) -> None:
    page = visit(beacon).new_page()
    page.clock.install()
    page.goto(tracked.show("/"))
    collector.wait("page_view")
    page.clock.fast_forward(5_000)
    page.goto(tracked.show("/next"))
    [read] = collector.wait("page_read")

    assert read["d"]["seconds"] >= 5
    assert [sent.is_beacon for sent in collector.sent if "page_read" in sent.kinds] == [False]


def test_requests_are_small(page: Page, tracked: TrackedWebsite, collector: Collector) -> None:
    page.goto(tracked.show("/"))
    collector.wait("page_view")
    page.evaluate("for (let n = 0; n < 18; n++) polku('event', 'big', {a: '的'.repeat(500), b: '的'.repeat(500), n})")
    events = collector.wait("big", 18)

    assert sorted(event["d"]["n"] for event in events) == list(range(18))
    assert max(sent.size for sent in collector.sent) <= MOST_BYTES
    assert 1 + 18 > len(collector.sent) > 2


def test_what_waits_is_bounded(page: Page, tracked: TrackedWebsite, collector: Collector) -> None:
    collector.answers = [503]
    page.goto(tracked.show("/"))
    page.wait_for_function("sessionStorage.length === 1")
    page.evaluate("for (let n = 0; n < 70; n++) polku('event', 'many', {n})")
    events = collector.wait("many", MOST_EVENTS)

    assert [event["d"]["n"] for event in events] == list(range(20, 70))
    assert max(len(sent.ids) for sent in collector.sent) <= MOST_EVENTS


def test_website_that_forbids_the_address_is_not_disturbed(
    visit: Visit, web_watch: Watch, tracked: TrackedWebsite, collector: Collector
) -> None:
    web_watch.expected |= {"Content Security Policy", "connect-src"}
    page = visit().new_page()
    policy = f"default-src 'self'; img-src data:; script-src {collector.url}"
    page.goto(tracked.show("/", head=f'<meta http-equiv="Content-Security-Policy" content="{policy}">'))
    page.wait_for_function("window.polku && sessionStorage.length === 1")

    assert collector.sent == []


@pytest.mark.parametrize("broken", ["fetch = () => { throw Error('no') }", "fetch = undefined"])
def test_website_that_broke_fetch_is_not_disturbed(
    visit: Visit, tracked: TrackedWebsite, collector: Collector, broken: str
) -> None:
    page = visit(broken).new_page()
    page.clock.install()
    page.goto(tracked.show("/") + "?polku_id=%E0%A4%A")  # and a broken token
    page.wait_for_function("!!(window.polku && polku.visitor)")
    page.clock.fast_forward(5_000)
    page.goto(tracked.show("/next"))
    [read] = collector.wait("page_read")  # by beacon

    assert read["u"] == f"{tracked.url}/"
