"""A marketer connects a website and watches a visitor come, without losing their place in the list."""

import json
import re
from typing import Any
from urllib.request import Request, urlopen

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Open
from tests.journeys.site import Site
from tests.journeys.test_accessibility import ALL, violations

HOST = "www.hidas-verkko.example"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
REFRESHED = 20_000


def connect(page: Page) -> str:
    """A site by its form; answers its key."""
    page.locator("input[name=name]").fill("Hidas verkko")
    page.locator("textarea[name=hosts]").fill(HOST)
    page.get_by_text("With a cookie at once").click()
    page.locator("#content form[novalidate] button[type=submit]").click()
    found = re.search(r"site=([\w-]+)", page.locator("#snippet").inner_text())
    assert found
    return found[1]


def see(site: Site, key: str, *paths: str, visitor: str) -> None:
    """What a browser sends that opens these pages."""
    events: list[dict[str, Any]] = [
        {"i": f"{visitor[-6:].lower()}-{number}{path.strip('/') or 'home'}", "k": "page_view", "a": 0,
         "u": f"https://{HOST}{path}"}
        for number, path in enumerate(paths)
    ]  # fmt: skip
    body = json.dumps({"s": key, "v": visitor, "e": events}).encode()
    headers = {"User-Agent": FIREFOX, "Origin": f"https://{HOST}", "Content-Type": "text/plain;charset=UTF-8"}
    urlopen(Request(f"{site.url}/t/e", body, headers), timeout=10).close()  # noqa: S310  our own server


def test_a_website_is_connected_and_its_visitor_watched(open_as: Open, site: Site):
    page = open_as("jakub", "/setup/sites/new/")
    key = connect(page)
    expect(page.locator("#seen")).to_contain_text("has not been seen yet")
    see(site, key, "/", "/pricing", visitor="visitor-of-a-journey-000001")
    expect(page.locator("#seen")).to_contain_text(f"Your script is seen from {HOST}", timeout=REFRESHED)
    page.goto("/visitors/")
    row = page.locator("tr", has_text="/pricing").first
    expect(row).to_contain_text("Firefox")
    page.keyboard.press("j")
    place = page.evaluate("document.activeElement.id")
    see(site, key, "/contact", visitor="visitor-of-a-journey-000002")
    expect(page.locator("#visitors tbody")).to_contain_text("/contact", timeout=REFRESHED)
    assert page.evaluate("document.activeElement.id") == place
    expect(page.locator(".is-current")).to_have_attribute("id", place)
    page.locator("tr", has_text="/pricing").first.locator("a[data-open]").click()
    expect(page.locator(".timeline").first).to_contain_text("visit · 2 pages")
    assert violations(page, ALL) == []
