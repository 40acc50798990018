"""The browser script obeys: the consent that a website asks for, Global Privacy Control, Do Not Track."""

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import Visit
from tests.journeys.tracked import STUB, Collector, TrackedWebsite
from tests.journeys.watch import Watch

GPC = "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', {get: () => true})"
DNT = "Object.defineProperty(Navigator.prototype, 'doNotTrack', {get: () => '1'})"
ACTS = """async () => {
  polku("event", "watched");
  polku("identify", {email: "a@b.fi", hash: "00"});
  polku("page");
  history.pushState({}, "", "/next");
  document.querySelector("input").dispatchEvent(new Event("input", {bubbles: true}));
  await new Promise(done => setTimeout(done, 50));
  dispatchEvent(new PageTransitionEvent("pagehide"));
  await new Promise(done => setTimeout(done, 50));
}"""
STORED = "[document.cookie, localStorage.length, sessionStorage.length, polku.visitor(), polku.site]"
FORM = "<form id=f><input name=email></form>"


@pytest.fixture
def page(visit: Visit, web_watch: Watch) -> Page:
    web_watch.expected |= {"status of 503", "503 from"}
    return visit().new_page()


def open_at(page: Page, address: str) -> Page:
    page.goto(address, wait_until="load")
    page.wait_for_function("!!(window.polku && polku.visitor)")
    return page


@pytest.mark.parametrize(("script", "consent"), [(GPC, "free"), (GPC, "cookieless"), (GPC, "ask"), (DNT, "free")])
def test_privacy_signal_silences_everything(
    visit: Visit, tracked: TrackedWebsite, collector: Collector, script: str, consent: str
) -> None:
    collector.options = {"consent": consent}
    head = f"{STUB}<script>polku('consent', true)</script>"
    address = tracked.show("/", FORM, head=head) + "?polku_id=abc"
    page = open_at(visit(script).new_page(), address)
    page.evaluate(ACTS)

    assert collector.sent == []
    assert page.evaluate(STORED) == ["", 0, 0, "", ""]
    assert "polku_id" not in page.url


def test_cookie_from_before_the_signal_is_removed(visit: Visit, tracked: TrackedWebsite, collector: Collector) -> None:
    context = visit(GPC)
    context.add_cookies([{"name": "_polku", "value": "a" * 24, "url": tracked.url}])
    open_at(context.new_page(), tracked.show("/"))

    assert context.cookies() == []


def test_cookieless_keeps_nothing(page: Page, tracked: TrackedWebsite, collector: Collector) -> None:
    collector.options = {"consent": "cookieless"}
    collector.answers = [503]
    open_at(page, tracked.show("/"))
    collector.wait("page_view", 2)  # the second is the same event, sent again

    assert {(sent.body.get("v"), sent.body.get("c")) for sent in collector.sent} == {(None, None)}
    assert page.evaluate(STORED)[:4] == ["", 0, 0, ""]


def test_cookieless_visitor_agrees(page: Page, tracked: TrackedWebsite, collector: Collector) -> None:
    collector.options = {"consent": "cookieless"}
    open_at(page, tracked.show("/"))
    collector.wait("page_view")
    page.evaluate("polku('consent', true); polku('event', 'agreed')")
    collector.wait("agreed")

    assert (collector.sent[-1].body["c"], collector.sent[-1].body["v"]) == (1, page.evaluate("polku.visitor()"))
    assert len(collector.events("page_view")) == 1


def test_before_an_answer_nothing_is_sent(page: Page, tracked: TrackedWebsite, collector: Collector) -> None:
    collector.options = {"consent": "ask"}
    open_at(page, tracked.show("/", FORM))
    page.evaluate(ACTS)

    assert collector.sent == []
    assert page.evaluate(STORED) == ["", 0, 0, "", ""]


def test_consent_given_counts_the_page_and_what_the_website_said(
    page: Page, tracked: TrackedWebsite, collector: Collector
) -> None:
    collector.options = {"consent": "ask"}
    address = tracked.show("/", FORM) + "?utm_source=mail"
    page.goto(f"{address}&polku_id=abc", referer="https://search.example/")
    page.wait_for_function("!!(window.polku && polku.visitor)")
    page.evaluate("polku('event', 'chat_opened')")
    page.locator("input").fill("a")  # only observed: not counted before the answer
    page.evaluate("polku('consent', true)")
    [view] = collector.wait("page_view")

    assert sorted(kind for sent in collector.sent for kind in sent.kinds) == ["chat_opened", "identified", "page_view"]
    assert (view["u"], view["r"]) == (address, "https://search.example/")
    assert (collector.sent[0].body["c"], collector.sent[0].body["v"]) == (1, page.evaluate("polku.visitor()"))


def test_consent_is_remembered_until_it_is_withdrawn(page: Page, tracked: TrackedWebsite, collector: Collector) -> None:
    collector.options = {"consent": "ask"}
    open_at(page, tracked.show("/", head=f"{STUB}<script>polku('consent', true)</script>"))
    collector.wait("page_view")
    open_at(page, tracked.show("/next", FORM))
    collector.wait("page_view", 2)
    count = len(collector.sent)
    page.evaluate("polku('consent', false)")
    page.evaluate(ACTS)
    open_at(page, tracked.show("/last", FORM)).evaluate(ACTS)

    assert {sent.body["c"] for sent in collector.sent} == {1}
    assert len(collector.sent) == count
    assert page.context.cookies() == []


def test_refusal_where_cookies_are_free_leaves_counting_without_them(
    page: Page, tracked: TrackedWebsite, collector: Collector
) -> None:
    open_at(page, tracked.show("/"))
    collector.wait("page_view")
    page.evaluate("polku('consent', false)")
    removed = page.context.cookies()
    open_at(page, tracked.show("/next"))
    collector.wait("page_view", 2)

    assert removed == page.context.cookies() == []
    assert "v" in collector.sent[0].body
    assert ("v" in collector.sent[-1].body, collector.sent[-1].body["c"]) == (False, 0)


def test_refusal_before_the_script_came_sets_no_cookie(
    page: Page, tracked: TrackedWebsite, collector: Collector
) -> None:
    head = f"""<script>
      const wrote = Object.getOwnPropertyDescriptor(Document.prototype, "cookie");
      window.written = [];
      Object.defineProperty(document, "cookie", {{get: () => "", set: text => written.push(text)}});
    </script>{STUB}<script>polku('event', 'early'); polku('consent', false)</script>"""
    open_at(page, tracked.show("/", head=head))
    collector.wait("early")

    assert [sent.body.get("v") for sent in collector.sent] == [None]
    assert all("Max-Age=0" in text for text in page.evaluate("written"))


def test_withdrawal_in_another_tab_counts_here(visit: Visit, tracked: TrackedWebsite, collector: Collector) -> None:
    collector.options = {"consent": "ask"}
    context = visit()
    pages = [open_at(context.new_page(), tracked.show("/", FORM)) for _ in range(2)]
    pages[0].evaluate("polku('consent', true)")
    collector.wait("page_view")
    pages[1].evaluate("polku('consent', false)")
    count = len(collector.sent)
    pages[0].evaluate(ACTS)

    assert len(collector.sent) == count
    assert context.cookies() == []


def test_browser_that_forbids_storage_is_counted_without(
    page: Page, tracked: TrackedWebsite, collector: Collector
) -> None:
    forbid = """for (const area of ["localStorage", "sessionStorage"])
      Object.defineProperty(window, area, {get() { throw new DOMException("no", "SecurityError"); }});
    Object.defineProperty(document, "cookie", {get: () => "", set: () => {}});"""
    collector.answers = [503]
    page.add_init_script(forbid)
    open_at(page, tracked.show("/"))
    collector.wait("page_view", 2)

    assert [sent.body.get("v") for sent in collector.sent] == [None, None]
