"""A form in a frame learns who the visitor is, whichever of the two scripts comes first."""

import pytest

from tests.journeys.conftest import Visit
from tests.journeys.tracked import SITE, STUB, Collector, TrackedWebsite
from tests.journeys.watch import Watch

GPC = "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', {get: () => true})"


def embed(collector: Collector, how: str = "") -> str:
    return f'<script src="{collector.url}/f/embed.js" data-form="key1" {how}></script>'


@pytest.mark.parametrize("order", ["embed first", "tracker first", "tracker late"])
def test_frame_gets_the_visitor(visit: Visit, tracked: TrackedWebsite, collector: Collector, order: str) -> None:
    late = f"""{STUB}<script>setTimeout(() => {{
      const script = document.createElement("script");
      script.src = "{collector.url}/t/polku.js?site={SITE}";
      document.head.append(script);
    }}, 300)</script>"""
    tracker = tracked.tag()
    bodies = {
        "embed first": embed(collector) + tracker,
        "tracker first": tracker.replace("async", "") + embed(collector),
        "tracker late": late + embed(collector, "async"),
    }
    page = visit().new_page()
    page.goto(tracked.put("/", bodies[order]) + "?utm_source=x&polku_id=abc", wait_until="commit")
    collector.until(lambda: collector.frames)
    page.wait_for_function("!!(window.polku && polku.visitor)")
    [asked] = collector.frames

    assert asked["polku_visitor"] == page.evaluate("polku.visitor()") != ""
    assert (asked["polku_site"], asked["embed"]) == (SITE, "1")
    assert asked["page"] == f"{tracked.url}/?utm_source=x"


def test_frame_without_tracker_does_not_wait(visit: Visit, tracked: TrackedWebsite, collector: Collector) -> None:
    page = visit("window.setTimeout = () => 0").new_page()
    page.goto(tracked.put("/", embed(collector)))
    collector.until(lambda: collector.frames)

    assert collector.frames == [{"embed": "1", "page": f"{tracked.url}/"}]


def test_frame_comes_when_the_tracker_does_not(
    visit: Visit, web_watch: Watch, tracked: TrackedWebsite, collector: Collector
) -> None:
    web_watch.expected.add("ERR_")
    web_watch.origins.add("http://127.0.0.1:9")
    page = visit().new_page()
    page.goto(tracked.put("/", f"<script src='http://127.0.0.1:9/t/polku.js' async></script>{embed(collector)}"))
    collector.until(lambda: collector.frames)

    assert "polku_site" not in collector.frames[0]


@pytest.mark.parametrize(("script", "consent"), [(GPC, "free"), ("", "ask")])
def test_frame_of_a_silent_visitor_gets_neither(
    visit: Visit, tracked: TrackedWebsite, collector: Collector, script: str, consent: str
) -> None:
    collector.options = {"consent": consent}
    page = visit(script).new_page()
    page.goto(tracked.put("/", tracked.tag() + embed(collector)))
    collector.until(lambda: collector.frames)

    assert collector.frames[0].keys() == {"embed", "page"}


def test_frame_of_a_nameless_visitor_gets_the_site(visit: Visit, tracked: TrackedWebsite, collector: Collector) -> None:
    collector.options = {"consent": "cookieless"}
    page = visit().new_page()
    page.goto(tracked.put("/", tracked.tag() + embed(collector)))
    collector.until(lambda: collector.frames)

    assert (collector.frames[0]["polku_visitor"], collector.frames[0]["polku_site"]) == ("", SITE)
