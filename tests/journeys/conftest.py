"""A running example company, and browsers logged in to it."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, ViewportSize, sync_playwright

from tests.journeys.mail import Mailbox
from tests.journeys.site import Site, example_company, serving
from tests.journeys.tracked import Collector, TrackedWebsite
from tests.journeys.watch import DESKTOP, Watch, installed, launch, log_in
from tests.postgres import free_port

type Open = Callable[..., Page]
type Visit = Callable[..., BrowserContext]
type Keys = Callable[[str], Any]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.journey)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    if not installed(playwright) and not os.environ.get("CI"):
        pytest.skip("Chromium is not installed (Debian: apt install chromium)")
    chromium = launch(playwright)
    yield chromium
    chromium.close()


@pytest.fixture(scope="session")
def mailbox() -> Iterator[Mailbox]:
    """A mail server on this machine that keeps what it is given."""
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    box.port = controller.port
    yield box
    controller.stop()


@pytest.fixture(scope="session")
def site(browser: Browser, mailbox: Mailbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    base = tmp_path_factory.getbasetemp()
    run = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    folder = base / "data"
    folder.mkdir()
    smtp = f"smtp://127.0.0.1:{mailbox.port}?tls=0"
    with example_company(folder, run / "company", size="300") as database, serving(
        folder, database, POLKU_SMTP=smtp
    ) as running:  # fmt: skip
        yield running


@pytest.fixture(scope="session")
def keys(browser: Browser, site: Site) -> Keys:
    """The cookies of a user who logged in, once for all tests."""
    kept: dict[str, object] = {}

    def of(name: str) -> object:
        if name not in kept:
            context = browser.new_context()
            log_in(context, site.url, name)
            kept[name] = context.storage_state()
            context.close()
        return kept[name]

    return of


@pytest.fixture
def watch(site: Site) -> Iterator[Watch]:
    """Fails the test when a page had an error, broke the content policy or asked another website."""
    watching = Watch(origins={site.url})
    yield watching
    assert watching.unexpected() == []


@pytest.fixture
def open_as(browser: Browser, site: Site, keys: Keys, watch: Watch) -> Iterator[Open]:
    """`open_as("marika")` is a page of Marika's browser; "" is nobody's."""
    contexts: list[BrowserContext] = []

    def open_page(name: str, path: str = "/", *, viewport: ViewportSize = DESKTOP, theme: str = "light") -> Page:
        context = browser.new_context(
            storage_state=keys(name) if name else None,
            viewport=viewport,
            color_scheme=theme,  # type: ignore[arg-type]
            base_url=site.url,
            reduced_motion="reduce",
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        watch.begin(context)
        page = context.new_page()
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def running_collector() -> Iterator[Collector]:
    with Collector().serving() as running:
        yield running


@pytest.fixture
def collector(running_collector: Collector) -> Collector:
    """What the browser script sent in this test. Nothing of the program or its database stands behind it."""
    running_collector.begin()
    return running_collector


@pytest.fixture(scope="session")
def running_website(running_collector: Collector) -> Iterator[TrackedWebsite]:
    website = TrackedWebsite(running_collector)
    with website.serving():
        yield website


@pytest.fixture
def tracked(running_website: TrackedWebsite, collector: Collector) -> TrackedWebsite:
    """A customer's website with the browser script."""
    running_website.pages.clear()
    return running_website


@pytest.fixture
def web_watch(tracked: TrackedWebsite, collector: Collector) -> Iterator[Watch]:
    """Fails the test when the script disturbed the website."""
    watching = Watch(origins={tracked.url, collector.url})
    yield watching
    assert watching.unexpected() == []


@pytest.fixture
def visit(browser: Browser, web_watch: Watch) -> Iterator[Visit]:
    """`visit()` is a new visitor's browser; the scripts given are there before every page."""
    contexts: list[BrowserContext] = []

    def begin(*scripts: str) -> BrowserContext:
        context = browser.new_context(reduced_motion="reduce")
        context.set_default_timeout(5_000)
        for script in scripts:
            context.add_init_script(script)
        contexts.append(context)
        web_watch.begin(context)
        return context

    yield begin
    for context in contexts:
        context.close()
