"""Somebody asks on a customer's website; the open Today of the right rep shows it, without a reload, in two seconds."""

import time
from collections.abc import Iterator
from html import unescape

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.journeys.conftest import Keys, Open
from tests.journeys.doing import fill, send
from tests.journeys.site import Site
from tests.journeys.visitors import Visitor, Website, give_company
from tests.journeys.watch import Watch

PROMISED = 2.0


@pytest.fixture(scope="module")
def website() -> Iterator[Website]:
    with Website().serving() as running:
        yield running


@pytest.fixture(scope="module")
def codes(browser: Browser, keys: Keys, site: Site, website: Website) -> list[str]:
    """What the page of a form offers for a website: script, frame, plain HTML. The form is for this website only."""
    context = browser.new_context(storage_state=keys("jakub"), base_url=site.url)
    page = context.new_page()
    page.goto("/forms/new/")
    fill(page, name="Ask for a quote", origins=website.url)
    page.locator("[name$=signal]").select_option("quote_requested")
    send(page, "Save")
    page.get_by_role("heading", name="On your website").wait_for()
    found = [unescape(code) for code in page.locator("pre code").all_inner_texts()]
    context.close()
    return found


@pytest.fixture(scope="module")
def company(browser: Browser, keys: Keys, site: Site) -> tuple[str, str]:
    """A company that is Marika's: its leads go to her at any hour."""
    context = browser.new_context(storage_state=keys("mikael"), base_url=site.url)
    given = give_company(context.new_page(), 0, to="Marika Koskinen")
    context.close()
    return given


@pytest.fixture
def today(open_as: Open, watch: Watch, website: Website, company: tuple[str, str]) -> Page:
    """Marika's Today, open and listening."""
    watch.origins.add(website.url)
    page = open_as("marika")
    page.evaluate("window.isStillHere = true")
    return page


def test_script_on_a_website_brings_the_lead(
    open_as: Open, today: Page, website: Website, codes: list[str], company: tuple[str, str]
) -> None:
    visitor = Visitor("Irja", "Skriptinen", company[1], company[0])
    page = open_as("", website.put("/script", codes[0]) + "?utm_source=linkedin")
    form = page.frame_locator("iframe")
    visitor.write(form)
    form.get_by_role("button").last.click()
    expect(form.locator("main")).to_contain_text("Thank you")

    row = wait_for_row(today, visitor)

    expect(row).to_contain_text("asked for a quote")
    expect(row.locator(".because")).to_contain_text("linkedin", ignore_case=True)


def test_frame_on_a_website_brings_the_lead(
    open_as: Open, today: Page, website: Website, codes: list[str], company: tuple[str, str]
) -> None:
    visitor = Visitor("Jorma", "Kehysto", company[1], company[0])
    page = open_as("", website.put("/frame", codes[1]))
    form = page.frame_locator("iframe")
    visitor.write(form)
    form.get_by_role("button").last.click()
    expect(form.locator("main")).to_contain_text("Thank you")

    expect(wait_for_row(today, visitor)).to_contain_text("asked for a quote")


def test_plain_form_of_a_website_brings_the_lead(
    open_as: Open, today: Page, website: Website, codes: list[str], company: tuple[str, str]
) -> None:
    visitor = Visitor("Kaija", "Tavallinen", company[1], company[0])
    page = open_as("", website.put("/plain", codes[2]))
    visitor.write(page)
    page.get_by_role("button").last.click()
    expect(page.locator("main")).to_contain_text("Thank you")

    row = wait_for_row(today, visitor)

    row.locator(".money button").click()
    expect(today.locator(".reasons:popover-open")).to_contain_text("asked for a quote")


def test_another_website_may_not_send_the_form(
    open_as: Open, watch: Watch, codes: list[str], company: tuple[str, str]
) -> None:
    with Website().serving() as stranger:
        watch.origins.add(stranger.url)
        watch.expected.add("status of 403")
        page = open_as("", stranger.put("/copied", codes[2]))
        Visitor("Eve", "Kopio", company[1], company[0]).write(page)
        page.get_by_role("button").last.click()

        expect(page.locator("main")).to_contain_text("This website may not send this form")


def wait_for_row(today: Page, visitor: Visitor) -> Locator:
    """The lead's row, come by itself; prints how long it took after the visitor saw the thanks."""
    began = time.monotonic()
    row = today.locator(".work", has_text=visitor.name)
    row.wait_for(timeout=PROMISED * 1000)
    print(f"{visitor.name}: on the open page {1000 * (time.monotonic() - began):.0f} ms after the thanks")
    assert today.evaluate("window.isStillHere") is True
    return row
