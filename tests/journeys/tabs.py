"""One tab for each person, to look at many pages in one language; and what does not fit into them."""

from playwright.sync_api import Browser
from playwright.sync_api import Page as Tab

from tests.journeys.conftest import Keys
from tests.journeys.site import Site
from tests.journeys.watch import DESKTOP

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
