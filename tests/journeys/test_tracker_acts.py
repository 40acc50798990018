"""The browser script counts what visitors do on a page: files, links, searches, forms; and what the website tells."""

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import Visit
from tests.journeys.tracked import SITE, STUB, Collector, TrackedWebsite
from tests.journeys.watch import Watch

STAY = "<script>addEventListener('click', event => event.preventDefault())</script>"
ASK = "<form {}><input name=email><button name=go>Send</button></form>"


@pytest.fixture
def page(visit: Visit) -> Page:
    return visit().new_page()


def settle(page: Page, collector: Collector) -> None:
    """Until all that the page counts so far has arrived."""
    page.evaluate("new Promise(done => setTimeout(() => { polku('event', 'settled'); done(); }, 20))")
    collector.wait("settled")


def test_download(page: Page, tracked: TrackedWebsite, collector: Collector) -> None:
    home = tracked.show("/", "<a href='/files/Laser%20guide.PDF?v=3'>The <b>guide</b></a>")
    page.goto(home)
    page.locator("b").click()
    [download] = collector.wait("content_download")

    assert download["d"] == {"file": "/files/Laser%20guide.PDF"}
    assert download["u"] == home
    assert collector.events("outbound_click") == []


@pytest.mark.parametrize("how", ["left", "middle"])
def test_link_to_another_website(page: Page, tracked: TrackedWebsite, collector: Collector, how: str) -> None:
    page.goto(tracked.show("/", f"<a href='https://partner.example/shop?secret=1#x'>Partner</a>{STAY}"))
    page.get_by_text("Partner").click(button=how)  # type: ignore[arg-type]
    [click] = collector.wait("outbound_click")

    assert click["d"] == {"to": "https://partner.example/shop"}


@pytest.mark.parametrize(
    ("attributes", "link"),
    [
        ("", "href='/inside'"),
        ("", "href='mailto:sales@company.example'"),
        ("", "href='#below'"),
        ("data-domain=company.example", "href='https://shop.company.example/'"),
        ("data-files=zip", "href='/guide.pdf'"),
    ],
)
def test_other_links_are_not_counted(
    page: Page, tracked: TrackedWebsite, collector: Collector, attributes: str, link: str
) -> None:
    page.goto(tracked.show("/", f"<a {link}>Link</a>{STAY}", attributes=attributes))
    collector.wait("page_view")
    page.get_by_text("Link").click()
    settle(page, collector)

    assert {event["k"] for event in collector.all()} == {"page_view", "settled"}


def test_click_that_leaves_the_page_arrives(
    page: Page, web_watch: Watch, tracked: TrackedWebsite, collector: Collector
) -> None:
    elsewhere = collector.url.replace("127.0.0.1", "localhost")
    web_watch.origins.add(elsewhere)
    page.goto(tracked.show("/", f"<a href='{elsewhere}/shop'>Out</a>"))
    collector.wait("page_view")
    page.get_by_text("Out").click()
    page.wait_for_url(f"{elsewhere}/shop")

    assert collector.wait("outbound_click")[0]["d"] == {"to": f"{elsewhere}/shop"}


@pytest.mark.parametrize(
    ("attributes", "query"), [("", "?s=laser+cutting&page=1"), ("data-search=find,etsi", "?etsi=laser+cutting&q=no")]
)
def test_site_search(page: Page, tracked: TrackedWebsite, collector: Collector, attributes: str, query: str) -> None:
    page.goto(tracked.show("/", attributes=attributes) + query)
    [search] = collector.wait("site_search")

    assert search["d"] == {"q": "laser cutting"}
    assert collector.sent[0].kinds == ["page_view", "site_search"]


@pytest.mark.parametrize(
    ("attributes", "name"),
    [
        ("id=quote name=q2 action=/thanks", "quote"),
        ("name=contact action=/thanks", "contact"),
        ("action='/thanks?x=1'", "/thanks"),
    ],
)
def test_form_is_begun_and_sent(
    page: Page, tracked: TrackedWebsite, collector: Collector, attributes: str, name: str
) -> None:
    page.goto(tracked.show("/", ASK.format(attributes)))
    page.locator("[name=email]").press_sequentially("a@b.fi")
    [begun] = collector.wait("form_started")
    page.get_by_role("button").click()
    [sent] = collector.wait("form_sent")

    assert begun["d"] == sent["d"] == {"form": name}
    assert "a@b.fi" not in str(collector.all())


def test_fields_that_shadow_the_form_do_not_confuse(page: Page, tracked: TrackedWebsite, collector: Collector) -> None:
    fields = "<input type=hidden name=id value=7><input name=action value=x><input name=name>"
    page.goto(tracked.show("/", f"<form id=hard action=/thanks>{fields}<button>Send</button></form>"))
    collector.wait("page_view")
    page.get_by_role("button").click()

    assert collector.wait("form_sent")[0]["d"] == {"form": "hard"}


def test_search_box_is_no_form(page: Page, tracked: TrackedWebsite, collector: Collector) -> None:
    page.goto(tracked.show("/", "<form action=/find><input name=q><button>Go</button></form>"))
    collector.wait("page_view")
    page.locator("[name=q]").press_sequentially("laser")
    page.get_by_role("button").click()
    settle(page, collector)

    assert collector.events("form_started") + collector.events("form_sent") == []


@pytest.mark.parametrize(("consent", "length"), [("free", 24), ("cookieless", 0)])
def test_polku_form_takes_the_visitor_along(
    page: Page, tracked: TrackedWebsite, collector: Collector, consent: str, length: int
) -> None:
    collector.options = {"consent": consent}
    page.goto(tracked.show("/", ASK.format(f"method=post action='{collector.url}/f/key1/'")))
    collector.wait("page_view")
    page.locator("[name=email]").fill("a@b.fi")
    page.get_by_role("button").click()
    page.get_by_role("button").click()  # the second try has them once, too
    collector.until(lambda: len(collector.answered_forms) == 2)
    visitor = page.evaluate("polku.visitor()")

    assert len(visitor) == length
    assert collector.answered_forms[1] == {
        "email": "a@b.fi", "go": "", "polku_visitor": visitor, "polku_site": SITE
    }  # fmt: skip
    assert collector.events("form_sent") == []  # Polku counts the answer itself


@pytest.mark.parametrize(
    ("script", "consent"),
    [
        ("", "ask"),
        ("Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', {get: () => true})", "free"),
        ("Object.defineProperty(Navigator.prototype, 'doNotTrack', {get: () => '1'})", "free"),
    ],
)
def test_polku_form_of_a_silent_visitor_is_as_it_was(
    visit: Visit, tracked: TrackedWebsite, collector: Collector, script: str, consent: str
) -> None:
    collector.options = {"consent": consent}
    page = visit(script).new_page()
    page.goto(tracked.show("/", ASK.format(f"method=post action='{collector.url}/f/key1/'")), wait_until="load")
    page.locator("[name=email]").fill("a@b.fi")
    page.get_by_role("button").click()
    collector.until(lambda: collector.answered_forms)

    assert collector.answered_forms == [{"email": "a@b.fi", "go": ""}]


def test_events_of_the_website(page: Page, tracked: TrackedWebsite, collector: Collector) -> None:
    early = "<script>polku('event', 'chat_opened', {topic: 'laser', count: 2})</script>"
    page.goto(tracked.show("/", head=STUB + early))
    collector.wait("chat_opened")
    page.evaluate("polku('event', 'Bad name'); polku('event', 'odd', {a: NaN, b: {}, c: null, d: true, e: 'kept'})")
    page.evaluate("polku('event', 'many', Object.fromEntries([...'abcdefghijklm'].map(one => [one, 1])))")
    page.evaluate("polku('event', 'long', {text: 'ä'.repeat(9000)}); polku('event', 'bare'); polku(); polku('what')")
    collector.wait("bare")

    assert collector.sent[0].kinds == ["page_view", "chat_opened"]
    assert collector.events("chat_opened")[0]["d"] == {"topic": "laser", "count": 2}
    assert collector.events("odd")[0]["d"] == {"e": "kept"}
    assert len(collector.events("many")[0]["d"]) == 10
    assert len(collector.events("long")[0]["d"]["text"]) == 500
    assert collector.events("bare")[0]["d"] == {}
    assert collector.events("Bad name") == []


def test_events_of_one_tick_are_one_request(page: Page, tracked: TrackedWebsite, collector: Collector) -> None:
    page.goto(tracked.show("/"))
    collector.wait("page_view")
    page.evaluate("for (const one of ['a', 'b', 'c']) polku('event', one)")
    collector.wait("c")

    assert [sent.kinds for sent in collector.sent] == [["page_view"], ["a", "b", "c"]]
    assert len(set(collector.sent[1].ids)) == 3


def test_script_from_elsewhere_sends_where_it_is_told(
    page: Page, tracked: TrackedWebsite, collector: Collector
) -> None:
    tracked.pages["/copy.js"] = collector.script()
    body = f"<script src='/copy.js' data-to='{collector.url}/' data-site=another data-consent=cookieless></script>"
    page.goto(tracked.put("/", body))
    collector.wait("page_view")

    assert collector.sent[0].body["s"] == "another"
    assert "v" not in collector.sent[0].body


def test_login_identifies(page: Page, tracked: TrackedWebsite, collector: Collector) -> None:
    said = {"email": "irja@company.example", "hash": "0f" * 32, "first_name": "Irja", "company": "Company Oy"}
    page.goto(tracked.show("/"))
    collector.wait("page_view")
    page.evaluate("said => polku('identify', said)", said)

    assert collector.wait("identified")[0]["d"] == said
