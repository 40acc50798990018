"""Every page for every eye and hand: no violation that axe finds, no sideways scrolling, a focus that can be seen."""

from collections.abc import Iterator, Mapping
from itertools import groupby

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from playwright.sync_api import Page as Tab

from tests.journeys.conftest import Keys
from tests.journeys.pages import PAGES, Page
from tests.journeys.site import Site
from tests.journeys.tabs import STICKING_OUT, Tabs
from tests.journeys.watch import DESKTOP, PHONE, Watch

CONTRAST = {"resultTypes": ["violations"], "runOnly": {"type": "rule", "values": ["color-contrast"]}}
ALL = {"resultTypes": ["violations"], "rules": {"color-contrast-enhanced": {"enabled": False}}}
# The outline, border, shadow or background that tells where the focus is.
FOCUS = """() => { const e = document.activeElement; const s = getComputedStyle(e);
  return [e.outerHTML.slice(0, 90), s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0
    || s.boxShadow !== "none"]; }"""
IDS = [page.name for page in PAGES]
FIRST = [next(group) for _, group in groupby(sorted(PAGES, key=lambda page: page.who), key=lambda page: page.who)]


@pytest.fixture(scope="module")
def english(browser: Browser, site: Site, keys: Keys) -> Iterator[Tabs]:
    tabs = Tabs(browser, site, keys, "en")
    yield tabs
    tabs.close()


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_page_is_accessible_and_fits_a_phone(page: Page, english: Tabs, site: Site) -> None:
    tab = english.of(page.who)
    tab.set_viewport_size(DESKTOP)
    tab.emulate_media(color_scheme="light")
    watch = Watch(origins={site.url}, expected=set(page.faults))
    with watch.over(tab.context):
        page.show(tab)
        found = violations(tab, ALL)
    tab.emulate_media(color_scheme="dark")
    found += [f"dark: {one}" for one in violations(tab, CONTRAST)]
    tab.set_viewport_size(PHONE)
    assert (found, watch.unexpected(), tab.evaluate(STICKING_OUT)) == ([], [], [])


@pytest.mark.parametrize("page", FIRST, ids=[page.name for page in FIRST])
def test_focus_is_seen_wherever_tab_leads(page: Page, english: Tabs) -> None:
    tab = english.of(page.who)
    tab.set_viewport_size(DESKTOP)
    tab.goto(page.path)
    tab.locator("body").press("Tab")
    seen = []
    for _ in range(30):
        tab.keyboard.press("Tab")
        seen.append(tab.evaluate(FOCUS))
    assert [element for element, is_seen in seen if not is_seen and not element.startswith("<body")] == []


def violations(tab: Tab, options: Mapping[str, object]) -> list[str]:
    answer = Axe().run(tab, options=dict(options)).response
    return [
        f"{one['id']}: {node['html'][:160]} ({', '.join(str(part) for part in node['target'])})"
        for one in answer["violations"]
        for node in one["nodes"][:3]
    ]
