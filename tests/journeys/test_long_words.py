"""Finnish, whose words are long, on a phone and on a desk: nothing sticks out and nothing is cut off."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.journeys.conftest import Keys
from tests.journeys.pages import PAGES, Page
from tests.journeys.site import Site
from tests.journeys.tabs import CLIPPED, STICKING_OUT, Tabs
from tests.journeys.watch import DESKTOP, PHONE


@pytest.fixture(scope="module")
def finnish(browser: Browser, site: Site, keys: Keys) -> Iterator[Tabs]:
    tabs = Tabs(browser, site, keys, "fi")
    yield tabs
    tabs.close()


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_page_holds_long_words(page: Page, finnish: Tabs) -> None:
    tab = finnish.of(page.who)
    tab.set_viewport_size(DESKTOP)
    page.show(tab)
    wide = [*tab.evaluate(STICKING_OUT), *tab.evaluate(CLIPPED)]
    tab.set_viewport_size(PHONE)
    narrow = [*tab.evaluate(STICKING_OUT), *tab.evaluate(CLIPPED)]
    assert (narrow, wide) == ([], [])
