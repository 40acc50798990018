"""Every page for every eye and hand: no violation that axe finds, no sideways scrolling, a focus that can be seen."""

from collections.abc import Iterator
from itertools import groupby

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from playwright.sync_api import Page as Tab

from tests.journeys.conftest import Keys
from tests.journeys.pages import PAGES, Page
from tests.journeys.site import Site
from tests.journeys.watch import DESKTOP, PHONE, Watch

CONTRAST = {"resultTypes": ["violations"], "runOnly": {"type": "rule", "values": ["color-contrast"]}}
ALL = {"resultTypes": ["violations"], "rules": {"color-contrast-enhanced": {"enabled": False}}}
# What sticks out to the right, unless a frame of its own scrolls it.
STICKING_OUT = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return [];
  const framed = (e) => { for (let p = e.parentElement; p && p !== document.body; p = p.parentElement)
    if (getComputedStyle(p).overflowX !== "visible") return true; return false; };
  return [...document.querySelectorAll("body *")].filter((e) => {
    const box = e.getBoundingClientRect();
    return box.width && box.right > wide + 1 && !framed(e);
  }).slice(-3).map((e) => `${e.tagName.toLowerCase()}.${e.className} “${e.textContent.trim().slice(0, 40)}”`)
    .concat([`${document.documentElement.scrollWidth} px on ${wide}`]);
}"""
# A control whose own text does not fit into it.
CLIPPED = """() => [...document.querySelectorAll("button, a.button, .chip, th, .tab, label, nav a, .stat, h1, h2")]
  .filter((e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && e.clientWidth > 1
    && e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== "inline")
  .map((e) => `${e.tagName.toLowerCase()}.${e.className} “${e.textContent.trim().slice(0, 40)}”`).slice(0, 5)"""
# The outline, border, shadow or background that tells where the focus is.
FOCUS = """() => { const e = document.activeElement; const s = getComputedStyle(e);
  return [e.outerHTML.slice(0, 90), s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0 || s.boxShadow !== "none"]; }"""
IDS = [page.name for page in PAGES]
FIRST = [next(group) for _, group in groupby(sorted(PAGES, key=lambda page: page.who), key=lambda page: page.who)]


class Tabs:
    """One tab for each person, in one language."""

    def __init__(self, browser: Browser, site: Site, keys: Keys, language: str) -> None:
        self._browser, self._site, self._keys, self._language = browser, site, keys, language
        self._open: dict[str, Tab] = {}

    def of(self, name: str) -> Tab:
        if name not in self._open:
            context = self._browser.new_context(
                storage_state=self._keys(name) if name else None,
                viewport=DESKTOP,
                base_url=self._site.url,
                reduced_motion="reduce",
                locale="en-GB",
            )
            context.set_default_timeout(10_000)
            self._open[name] = context.new_page()
            self._speak(self._open[name], self._language)
        return self._open[name]

    def close(self) -> None:
        for tab in self._open.values():
            self._speak(tab, "en")
            tab.context.close()

    def _speak(self, tab: Tab, language: str) -> None:
        tab.goto("/settings/")
        tab.evaluate("document.querySelectorAll('dialog[open]').forEach((dialog) => dialog.close())")
        button = tab.locator(f"button[name=language][value={language}]").first
        button.evaluate("(button) => button.form.requestSubmit(button)")
        tab.wait_for_function(f"document.documentElement.lang === '{language}'")


@pytest.fixture(scope="module")
def english(browser: Browser, site: Site, keys: Keys) -> Iterator[Tabs]:
    tabs = Tabs(browser, site, keys, "en")
    yield tabs
    tabs.close()


@pytest.fixture(scope="module")
def finnish(browser: Browser, site: Site, keys: Keys) -> Iterator[Tabs]:
    tabs = Tabs(browser, site, keys, "fi")
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


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_page_holds_long_words(page: Page, finnish: Tabs) -> None:
    tab = finnish.of(page.who)
    tab.set_viewport_size(PHONE)
    page.show(tab)
    narrow = [*tab.evaluate(STICKING_OUT), *tab.evaluate(CLIPPED)]
    tab.set_viewport_size(DESKTOP)
    wide = [*tab.evaluate(STICKING_OUT), *tab.evaluate(CLIPPED)]
    assert (narrow, wide) == ([], [])


@pytest.mark.parametrize("page", FIRST, ids=[page.name for page in FIRST])
def test_focus_is_seen_wherever_tab_leads(page: Page, english: Tabs) -> None:
    tab = english.of(page.who)
    tab.set_viewport_size(DESKTOP)
    tab.goto(page.path)
    tab.locator("body").press("Tab")
    seen = [tab.evaluate(FOCUS) for _ in range(30) if tab.keyboard.press("Tab") is None]
    assert [element for element, is_seen in seen if not is_seen and not element.startswith("<body")] == []


def violations(tab: Tab, options: dict[str, object]) -> list[str]:
    answer = Axe().run(tab, options=options).response
    return [
        f"{one['id']}: {node['html'][:160]} ({', '.join(str(part) for part in node['target'])})"
        for one in answer["violations"]
        for node in one["nodes"][:3]
    ]
