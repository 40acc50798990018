"""The browser script counts page views and what was read of them."""

import re

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.journeys.conftest import Visit
from tests.journeys.tracked import SITE, STUB, Collector, TrackedWebsite
from tests.journeys.watch import ARGUMENTS, CHROMIUM, Watch

TURN = """state => {
  Object.defineProperty(document, "hidden", {value: state === "hidden", configurable: true});
  document.dispatchEvent(new Event("visibilitychange", {bubbles: true}));
}"""
TALL = "<div style='height:4000px'></div>"


@pytest.fixture
def page(visit: Visit) -> Page:
    return visit().new_page()


def test_first_view_has_address_referrer_and_title(page: Page, tracked: TrackedWebsite, collector: Collector) -> None:
    address = tracked.show("/pricing", title="Prices")
    page.goto(f"{address}?utm_source=linkedin&x=1#top", referer="https://search.example/results?q=lasers")

    [view] = collector.wait("page_view")

    assert (view["u"], view["r"]) == (f"{address}?utm_source=linkedin&x=1", "https://search.example/results?q=lasers")
    assert view["d"] == {"title": "Prices"}
    assert re.fullmatch(r"[0-9a-z]{8}-[0-9a-z]{12}", view["i"])
    assert 0 <= view["a"] < 1000


def test_request_is_simple_and_carries_no_cookie(page: Page, tracked: TrackedWebsite, collector: Collector) -> None:
    page.goto(tracked.show("/"))
    collector.wait("page_view")
    [sent] = collector.sent
    [cookie] = page.context.cookies()

    assert sent.body.keys() == {"s", "v", "e"}
    assert (sent.body["s"], sent.body["v"]) == (SITE, cookie["value"])
    assert sent.headers["content-type"].lower() == "text/plain;charset=utf-8"
    assert sent.headers["sec-fetch-mode"] == "cors"
    assert "cookie" not in sent.headers


def test_cookie_is_first_party_and_lasts_thirteen_months(
    page: Page, tracked: TrackedWebsite, collector: Collector
) -> None:
    page.goto(tracked.show("/"))
    collector.wait("page_view")
    [cookie] = page.context.cookies()
    days = (cookie["expires"] - page.evaluate("Date.now() / 1000")) / 86400

    assert re.fullmatch(r"[\w-]{16,40}", cookie["value"])
    assert (cookie["name"], cookie["path"], cookie["sameSite"]) == ("_polku", "/", "Lax")
    assert 394.9 < days <= 395


def test_single_page_navigation_is_counted(page: Page, tracked: TrackedWebsite, collector: Collector) -> None:
    home = tracked.show("/")
    page.goto(home)
    collector.wait("page_view")

    page.evaluate("history.pushState({}, '', '/laser'); document.title = 'Laser cutting'")
    pushed = collector.wait("page_view", 2)[1]
    page.evaluate("history.replaceState({}, '', '/laser?sort=price')")
    page.evaluate("history.pushState({}, '', location.href)")
    page.evaluate("history.replaceState({}, '', '/welding')")
    replaced = collector.wait("page_view", 3)[2]
    page.go_back()
    back = collector.wait("page_view", 4)[3]

    assert (pushed["u"], pushed["r"], pushed["d"]) == (f"{home}laser", home, {"title": "Laser cutting"})
    assert (replaced["u"], replaced["r"]) == (f"{home}welding", f"{home}laser?sort=price")
    assert back["u"].startswith(f"{home}laser")
    assert len(collector.events("page_view")) == 4


def test_redirect_inside_one_tick_is_one_page(page: Page, tracked: TrackedWebsite, collector: Collector) -> None:
    page.goto(tracked.show("/"))
    collector.wait("page_view")
    page.evaluate("history.pushState({}, '', '/old'); history.replaceState({}, '', '/new')")
    page.evaluate("polku('event', 'last')")
    collector.wait("last")

    assert [urlpath(view) for view in collector.events("page_view")] == ["/", "/new"]


@pytest.mark.parametrize(("attributes", "paths"), [("", ["/"]), ("data-hash", ["/#/one", "/#/two"])])
def test_fragments_are_pages_where_the_website_says_so(
    page: Page, tracked: TrackedWebsite, collector: Collector, attributes: str, paths: list[str]
) -> None:
    page.goto(tracked.show("/", attributes=attributes) + "#/one")
    collector.wait("page_view")
    page.evaluate("location.hash = '#/two'")
    page.evaluate("new Promise(done => setTimeout(() => { polku('event', 'last'); done(); }, 20))")
    collector.wait("last")

    assert [urlpath(view) for view in collector.events("page_view")] == paths


def test_page_asks_for_a_view_by_itself(page: Page, tracked: TrackedWebsite, collector: Collector) -> None:
    page.goto(tracked.show("/", head=f"{STUB}<script>polku('page')</script>"))
    collector.wait("page_view")
    page.evaluate("polku('page')")

    assert len(collector.wait("page_view", 2)) == 2


def test_reading_is_told_on_leaving(page: Page, tracked: TrackedWebsite, collector: Collector) -> None:
    page.clock.install()
    page.goto(tracked.show("/", TALL))
    [view] = collector.wait("page_view")
    page.clock.fast_forward(7_000)
    page.mouse.move(50, 50)
    page.mouse.wheel(0, 1000)
    page.wait_for_function("scrollY === 1000")
    page.clock.fast_forward(5_000)
    page.goto(tracked.show("/next"))
    [read] = collector.wait("page_read")

    seen = 100 * (1000 + 720) / 4016
    assert (read["u"], read["d"]["of"]) == (view["u"], view["i"])
    assert 12 <= read["d"]["seconds"] <= 14
    assert abs(read["d"]["depth"] - seen) <= 1
    assert [sent.is_beacon for sent in collector.sent if "page_read" in sent.kinds] == [True]


def test_idle_and_hidden_time_is_not_read(page: Page, tracked: TrackedWebsite, collector: Collector) -> None:
    page.clock.install()
    page.goto(tracked.show("/"))
    collector.wait("page_view")
    page.clock.fast_forward(600_000)
    page.evaluate(TURN, "hidden")
    [first] = collector.wait("page_read")
    page.clock.fast_forward(600_000)
    page.evaluate(TURN, "visible")
    page.clock.fast_forward(3_000)
    page.evaluate(TURN, "hidden")
    second = collector.wait("page_read", 2)[1]

    assert first["d"]["seconds"] == 30
    assert 3 <= second["d"]["seconds"] <= 4  # only what came after the first
    assert first["d"]["of"] == second["d"]["of"]


def test_glance_is_no_reading(page: Page, tracked: TrackedWebsite, collector: Collector) -> None:
    page.goto(tracked.show("/"))
    collector.wait("page_view")
    page.evaluate(TURN, "hidden")
    page.evaluate("polku('event', 'last')")
    collector.wait("last")

    assert collector.events("page_read") == []


def test_reading_of_a_single_page_ends_with_the_next(page: Page, tracked: TrackedWebsite, collector: Collector) -> None:
    page.clock.install()
    home = tracked.show("/")
    page.goto(home)
    [view] = collector.wait("page_view")
    page.clock.fast_forward(4_000)
    page.evaluate("history.pushState({}, '', '/next')")
    collector.wait("page_view", 2)
    [read] = collector.wait("page_read")

    assert (read["u"], read["d"]["of"], read["d"]["seconds"]) == (home, view["i"], 4)
    assert collector.sent[-1].kinds == ["page_read", "page_view"]  # one request


def test_prerendered_page_counts_when_it_is_shown(visit: Visit, tracked: TrackedWebsite, collector: Collector) -> None:
    context = visit("Object.defineProperty(document, 'prerendering', {value: true, configurable: true})")
    page = context.new_page()
    page.goto(tracked.show("/", head=f"{STUB}<script>polku('event', 'early')</script>"), wait_until="load")
    before = (list(collector.sent), context.cookies())
    page.evaluate("""() => {
      Object.defineProperty(document, "prerendering", {value: false});
      document.dispatchEvent(new Event("prerenderingchange"));
    }""")
    collector.wait("page_view")

    assert before == ([], [])
    assert [sent.kinds for sent in collector.sent] == [["page_view", "early"]]


def test_page_from_the_back_forward_cache_is_seen_again(
    playwright: Playwright, tracked: TrackedWebsite, collector: Collector
) -> None:
    arguments = {"args": ARGUMENTS, "ignore_default_args": ["--disable-back-forward-cache"]}
    chromium = playwright.chromium.launch(
        executable_path=str(CHROMIUM) if CHROMIUM.exists() else None,
        **arguments,  # type: ignore[arg-type]
    )
    page = chromium.new_page()
    home = tracked.show("/")
    page.goto(home)
    collector.wait("page_view")
    page.evaluate("window.isStillHere = true")
    page.goto(tracked.show("/next"))
    collector.wait("page_view", 2)
    page.evaluate("history.back()")
    views = collector.wait("page_view", 3)
    is_still_here = page.evaluate("window.isStillHere")
    chromium.close()

    assert is_still_here
    assert (views[2]["u"], views[2]["r"]) == (home, home)
    assert views[2]["i"] != views[0]["i"]


def test_script_included_twice_counts_once(page: Page, tracked: TrackedWebsite, collector: Collector) -> None:
    page.goto(tracked.show("/", tracked.tag() + tracked.tag()), wait_until="load")
    page.evaluate("history.pushState({}, '', '/next')")
    collector.wait("page_view", 2)
    page.evaluate("polku('event', 'last')")
    collector.wait("last")

    assert len(collector.events("page_view")) == 2
    assert len(collector.events("last")) == 1


def test_two_tabs_are_one_visitor(visit: Visit, tracked: TrackedWebsite, collector: Collector) -> None:
    context = visit()
    for _ in range(2):
        context.new_page().goto(tracked.show("/"))
    views = collector.wait("page_view", 2)

    assert len({sent.body["v"] for sent in collector.sent}) == 1
    assert len({view["i"] for view in views}) == 2


def test_website_with_a_content_policy_needs_two_lines(
    page: Page, web_watch: Watch, tracked: TrackedWebsite, collector: Collector
) -> None:
    policy = f"default-src 'self'; img-src data:; script-src {collector.url}; connect-src {collector.url}"
    head = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    page.goto(tracked.show("/", head=head))
    collector.wait("page_view")
    page.goto(tracked.show("/next", head=head))
    collector.wait("page_view", 2)

    assert web_watch.faults == []


def test_script_adds_one_name_to_the_page(page: Page, tracked: TrackedWebsite, collector: Collector) -> None:
    head = "<script>window.before = new Set(Object.getOwnPropertyNames(window))</script>"
    page.goto(tracked.show("/", head=head))
    collector.wait("page_view")
    names = page.evaluate("Object.getOwnPropertyNames(window).filter(name => !before.has(name))")

    assert sorted(names) == ["before", "polku"]


def test_token_of_a_mail_click_is_sent_and_leaves_the_address(
    page: Page, tracked: TrackedWebsite, collector: Collector
) -> None:
    home = tracked.show("/")
    page.goto(f"{home}?a=1&polku_id=ab%3Acd.ef_g-h&utm_source=mail#offer")
    collector.wait("page_view")
    [sent] = collector.sent

    assert sent.kinds == ["identified", "page_view"]
    assert sent.body["e"][0]["d"] == {"token": "ab:cd.ef_g-h"}
    assert {event["u"] for event in sent.body["e"]} == {f"{home}?a=1&utm_source=mail"}
    expect(page).to_have_url(f"{home}?a=1&utm_source=mail#offer")


def urlpath(view: dict[str, str]) -> str:
    """The address without the website."""
    return "/" + view["u"].split("/", 3)[3]
