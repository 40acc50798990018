"""A visitor reads, comes back, sends the form: the open Today of the rep shows them, hot, with all they read before."""

import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.site import Site
from tests.journeys.test_demo_website import demo, visit, watch, website
from tests.journeys.visitors import Visitor, give_company
from tests.journeys.watch import log_in

__all__ = ["demo", "visit", "watch", "website"]

PROMISED = 2.0
AGO = """
import django; django.setup()
from datetime import timedelta
from django.db.models import F
from polku.tracking.models import Signal, Touch, Visit, Visitor
hours = timedelta(hours=2)
Visit.objects.update(started_at=F("started_at") - hours, last_at=F("last_at") - hours)
Visitor.objects.update(first_seen_at=F("first_seen_at") - hours, last_seen_at=F("last_seen_at") - hours)
Signal.objects.filter(visitor__isnull=False).update(at=F("at") - hours)
Touch.objects.filter(visitor__isnull=False).update(at=F("at") - hours)
"""


@pytest.fixture
def logged_in(browser: Browser, demo: Site) -> Iterator[Callable[[str], Page]]:
    """`logged_in("marika")` is a page of her browser in the demo."""
    contexts = []

    def page_of(name: str) -> Page:
        context = browser.new_context(base_url=demo.url)
        contexts.append(context)
        log_in(context, demo.url, name)
        page = context.new_page()
        page.goto("/")
        return page

    yield page_of
    for context in contexts:
        context.close()


def read(page: Page, *paths: str) -> None:
    """Open each page and stay a moment."""
    for path in paths:
        page.goto(path)
        page.mouse.wheel(0, 300)
        page.wait_for_timeout(1_200)


def test_a_visitor_becomes_a_hot_lead_on_the_open_today(
    demo: Site, visit: Callable[..., Page], logged_in: Callable[[str], Page]
) -> None:
    name, domain = give_company(logged_in("mikael"), 0, to="Marika Koskinen")
    today = logged_in("marika")
    today.evaluate("window.isStillHere = true")
    page = visit("/?utm_source=linkedin&utm_medium=social")
    page.get_by_role("button", name="Accept").click()
    read(page, "/products/laser-cutting/overview", "/products/laser-cutting/tolerances")
    page.goto("about:blank")  # what was read last is told while the page is left
    expect_stored(demo, pages=3)
    demo.run(AGO)
    read(page, "/cases", "/pricing")
    visitor = Visitor("Kaisa", "Kotila", domain, name)
    page.goto("/quote")
    frame = page.frame_locator("iframe")
    visitor.write(frame)
    frame.get_by_role("button").last.click()
    expect(frame.locator("main")).to_contain_text("within fifteen minutes")

    began = time.monotonic()
    row = today.locator(".work", has_text=visitor.name)
    row.wait_for(timeout=PROMISED * 1000)
    print(f"on the open page {1000 * (time.monotonic() - began):.0f} ms after the thanks")
    assert today.evaluate("window.isStillHere") is True
    expect(row).to_contain_text("hot")
    expect(row).to_contain_text("asked for a quote")
    expect(row).to_contain_text("linkedin")

    row.locator("a").first.click()
    story, why = today.locator("#content"), today.locator(".explained")
    for path in ("/products/laser-cutting/overview", "/products/laser-cutting/tolerances", "/cases", "/pricing"):
        expect(story).to_contain_text(path)
    expect(story).to_contain_text("known by a form")
    expect(story).to_contain_text("laser-cutting")
    expect(why).to_contain_text("decision")
    expect(story.get_by_text("visit ·")).to_have_count(2)
    require_sum(today)


def expect_stored(demo: Site, *, pages: int) -> None:
    """Wait until the collector has what was read, the last page too."""
    look = (
        "import django; django.setup(); from polku.tracking.models import Visit; rows = Visit.objects.all();"
        "print(sum(row.pages for row in rows), sum(row.seconds for row in rows))"
    )
    for _ in range(50):
        found, seconds = map(int, demo.run(look).split())
        if found >= pages and seconds >= 2:
            return
    pytest.fail(f"{found} pages and {seconds} seconds arrived")


def require_sum(page: Page) -> None:
    """The number shown is the sum of the reasons shown."""
    page.locator(".explained .sum button").first.click()
    reasons = page.locator(".reasons:popover-open")
    terms = [float(value) for value in reasons.locator("data[value]").evaluate_all("all => all.map(one => one.value)")]
    shown = reasons.locator(".total data").inner_text()
    assert round(sum(terms)) == round(float(shown.replace(",", "")))
    assert len(terms) >= 4
