"""`polku demo` with the example company's website beside it: browse it as a visitor, and become a lead."""

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys.site import Site, example_company, serving
from tests.journeys.tabs import STICKING_OUT
from tests.journeys.test_accessibility import ALL, CONTRAST, violations
from tests.journeys.visitors import PACE, Visitor
from tests.journeys.watch import DESKTOP, PHONE, Watch, log_in

AXE = ("/", "/products/laser-cutting/tolerances", "/contact", "/quote", "/search?q=steel")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Site]:
    """The company of the other journeys, by `polku demo` on ports that it was not loaded for."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if base.name.startswith("popen-") else base
    folder = tmp_path_factory.mktemp("demo")
    port = two_free_ports()
    with example_company(folder, shared / "company", size="300") as database:
        with serving(folder, database, word="demo", port=port) as running:
            yield running
        with pytest.raises(ConnectionRefusedError):  # the website ended with Polku
            socket.create_connection(("127.0.0.1", port + 1))


def two_free_ports() -> int:
    """A free port with a free one after it."""
    for port in range(21_000, 31_000, 2):
        with suppress(OSError), socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", port))
            second.bind(("127.0.0.1", port + 1))
            return port
    raise TimeoutError("no two free ports")


@pytest.fixture(scope="module")
def website(demo: Site) -> str:
    """Its address, of another origin than Polku's."""
    host, _, port = demo.url.rpartition(":")
    return f"{host}:{int(port) + 1}"


@pytest.fixture
def watch(demo: Site, website: str) -> Iterator[Watch]:
    watching = Watch(origins={demo.url, website})
    yield watching
    assert watching.unexpected() == []


@pytest.fixture
def visit(browser: Browser, website: str, watch: Watch) -> Iterator[Callable[..., Page]]:
    """`visit("/contact")` is a page of a new visitor's browser."""
    contexts: list[BrowserContext] = []

    def open_page(path: str, **more: Any) -> Page:
        context = browser.new_context(base_url=website, reduced_motion="reduce", **{"viewport": DESKTOP, **more})
        context.set_default_timeout(10_000)
        contexts.append(context)
        watch.begin(context)
        page = context.new_page()
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def marketer(browser: Browser, demo: Site) -> Iterator[Page]:
    context = browser.new_context(base_url=demo.url)
    log_in(context, demo.url, "jakub")
    yield context.new_page()
    context.close()


def came_in(marketer: Page, form: str) -> Page:
    """What the form has brought, newest first."""
    marketer.goto("/forms/")
    marketer.get_by_role("link", name=form, exact=True).first.click()
    marketer.locator("a[href$='/submissions/']").first.click()
    return marketer


@pytest.mark.parametrize("path", AXE)
def test_a_page_is_accessible_and_fits_a_phone(visit: Callable[..., Page], watch: Watch, path: str) -> None:
    watch.expected.add("postMessage")  # axe, to the form's frame
    page = visit(path)
    page.locator(".chat summary").click()
    found = violations(page, ALL)
    page.emulate_media(color_scheme="dark")
    found += [f"dark: {one}" for one in violations(page, CONTRAST)]
    page.set_viewport_size(PHONE)
    assert (found, page.evaluate(STICKING_OUT)) == ([], [])


def test_the_contact_form_makes_a_lead(visit: Callable[..., Page], watch: Watch, marketer: Page) -> None:
    watch.expected.add("status of 422")
    page = visit("/contact")
    form = page.get_by_role("form", name="Contact us")
    form.get_by_role("button", name="Send").click()
    expect(form.locator("[name=email] + .problem")).to_have_text("Fill in this field.")
    expect(form.locator("[name=first_name]")).to_be_focused()

    fill(form, first_name="Irja", last_name="Kotisivu", email="irja@kotisivu.example", company="Kotisivu Oy")
    form.locator("[name=topic]").select_option("bending")
    form.locator("[name=message]").fill("Forty brackets in 6 mm, please.")
    form.get_by_role("button", name="Send").click()

    expect(form.locator(".answer")).to_contain_text("One of us answers you")
    expect(form.locator(".problem")).to_have_count(0)
    expect(came_in(marketer, "Contact us").locator("#content")).to_contain_text("irja@kotisivu.example")


def test_the_contact_form_works_without_script(visit: Callable[..., Page], marketer: Page) -> None:
    page = visit("/contact", java_script_enabled=False)
    form = page.get_by_role("form", name="Contact us")
    fill(form, first_name="Jorma", last_name="Vanha", email="jorma@vanha.example", company="Vanha Oy")
    form.locator("[name=message]").fill("No script here.")
    form.get_by_role("button", name="Send").click()

    expect(page.locator("main")).to_contain_text("One of us answers you")
    expect(came_in(marketer, "Contact us").locator("#content")).to_contain_text("jorma@vanha.example")


def test_the_quote_form_in_its_frame_makes_a_lead(visit: Callable[..., Page], marketer: Page) -> None:
    page = visit("/quote")
    frame = page.frame_locator("iframe")
    Visitor("Kaija", "Kehys", "kehys.example", "Kehys Oy").write(frame)
    frame.get_by_role("button").last.click()

    expect(frame.locator("main")).to_contain_text("within fifteen minutes")
    expect(came_in(marketer, "Request a quote").locator("#content")).to_contain_text("kaija.kehys@kehys.example")


def test_the_chat_is_answered_where_it_stands(visit: Callable[..., Page], watch: Watch, marketer: Page) -> None:
    watch.expected.add("status of 422")
    page = visit("/blog/what-tolerances-cost", viewport=PHONE)
    page.get_by_role("button", name="Decline").click()
    page.locator(".chat summary").click()
    chat = page.get_by_role("form", name="Chat")
    fill(chat, name="Liisa Viesti", email="liisa", message="Is IT7 enough?")
    chat.get_by_role("button", name="Send").click()
    expect(chat.locator("[name=email] + .problem")).to_contain_text("Write an e-mail address")

    chat.locator("[name=email]").fill("liisa@viesti.example")
    chat.get_by_role("button", name="Send").click()

    expect(chat.get_by_role("status")).to_contain_text("Somebody who knows answers you")
    expect(came_in(marketer, "Chat").locator("#content")).to_contain_text("liisa@viesti.example")
    page.keyboard.press("Escape")
    expect(chat).to_be_hidden()


def test_the_choice_is_asked_once_and_can_be_changed(visit: Callable[..., Page]) -> None:
    page = visit("/")
    note = page.get_by_role("region", name="Cookies")
    note.get_by_role("button", name="Accept").click()
    expect(note).to_be_hidden()

    page.get_by_role("link", name="Prices", exact=True).first.click()
    page.wait_for_url(re.compile("/pricing$"))
    expect(note).to_be_hidden()
    page.get_by_role("button", name="Change your choice").click()
    expect(note.get_by_role("button", name="Accept")).to_be_focused()


def fill(form: Any, **fields: str) -> None:
    for name, text in fields.items():
        form.locator(f"[name={name}]").press_sequentially(text, delay=PACE / 5)
