"""A rep's day: by mouse, by keys and by thumb; what hands must do is counted and kept small."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Keys, Open
from tests.journeys.doing import Hands
from tests.journeys.site import Site
from tests.journeys.visitors import Visitor, give_company
from tests.journeys.watch import PASSWORD, PHONE

NAMES = (("Mirja", "Hiiri"), ("Nooa", "Nappi"), ("Outi", "Peukalo"))


@pytest.fixture(scope="module")
def callers(browser: Browser, keys: Keys, site: Site) -> tuple[Visitor, ...]:
    """Three who asked for a quote this minute, from a company that is Petr's: they wait for his answer."""
    context = browser.new_context(storage_state=keys("mikael"), base_url=site.url)
    page = context.new_page()
    company, domain = give_company(page, 1, to="Petr Dvořák")
    context.close()
    address = quote_form(browser, keys, site)
    visitors = tuple(
        Visitor(first, last, domain, company, phone=f"+358 40 123 45{end}")
        for end, (first, last) in enumerate(NAMES, 60)
    )
    for visitor in visitors:
        context = browser.new_context()
        page = context.new_page()
        page.goto(address)
        visitor.write(page)
        page.get_by_role("button", name="Request a quote").click()
        page.get_by_text("Thank you").wait_for()
        context.close()
    return visitors


def quote_form(browser: Browser, keys: Keys, site: Site) -> str:
    context = browser.new_context(storage_state=keys("jakub"), base_url=site.url)
    page = context.new_page()
    page.goto("/forms/")
    page.get_by_role("link", name="Request a quote").click()
    address = page.locator("#content a[href*='/f/']").get_attribute("href") or ""
    context.close()
    return address


def test_logs_in_and_sees_what_waits(open_as: Open, callers: tuple[Visitor, ...]) -> None:
    page = open_as("", "/leads/")
    page.get_by_label("E-mail").fill("petr@polku.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Leads")
    page.keyboard.press("g")
    page.keyboard.press("t")
    expect(page.get_by_role("heading", name="To answer")).to_be_visible()


def test_works_a_lead_by_mouse(open_as: Open, callers: tuple[Visitor, ...]) -> None:
    page = open_as("petr")
    hands = Hands(page)

    hands.click(f".work:has-text('{callers[0].name}') [data-open]")
    assert hands.since() == 1, "one to open a lead"
    hands.click("button:has-text('Accept')")
    expect(page.locator("[aria-current=step]")).to_contain_text("accepted")
    expect(page.locator(".next-step a[href^='tel:'][data-key=c]")).to_be_visible()
    assert hands.since() + 1 <= 2, "accept, and press the number"

    hands.click("summary:has-text('Log call')")
    page.locator("form[action$=call] textarea").fill("Wants a price by Friday.")
    hands.click("button:has-text('Save the call')")
    expect(page.locator(".timeline").first).to_contain_text("Wants a price by Friday.")
    assert hands.since() <= 3, "log a call"

    hands.click("summary:has-text('Answer')")
    hands.click("form[action$=bant] input[value=yes] >> nth=0")
    hands.click("button:has-text('Save the answers')")
    expect(page.locator(".bant .yes")).to_have_count(1)
    assert hands.since() <= 3, "an answer of BANT"

    hands.click("summary:has-text('Note')")
    page.locator("form[action$=note] textarea").fill("Their present supplier is late.")
    hands.click("button:has-text('Save the note')")
    expect(page.locator(".timeline").first).to_contain_text("Their present supplier is late.")

    hands.click("summary:has-text('Task')")
    page.locator("form[action$=tasks] [name$=title]").fill("Send the offer")
    hands.click("button:has-text('Set the task')")
    expect(page.locator(".next-step")).to_contain_text("Send the offer")
    hands.since()

    hands.click(".nav a:has-text('Today')")
    expect(page.locator(f".work:has-text('{callers[0].name}')")).to_contain_text("Send the offer")
    assert hands.since() == 1, "back to the list"


def test_works_a_lead_by_keys(open_as: Open, callers: tuple[Visitor, ...]) -> None:
    page = open_as("petr")
    hands = Hands(page)
    go_to_row(hands, callers[1])
    hands.since()

    hands.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(callers[1].name)
    hands.press("a")
    expect(page.locator("[aria-current=step]")).to_contain_text("accepted")
    assert hands.since() <= 2, "open and accept"

    hands.press("l")
    expect(page.locator("form[action$=call] textarea")).to_be_focused()
    hands.write("Left a message with a colleague.")
    hands.press("Tab")
    page.get_by_role("button", name="Save the call").focus()
    hands.press("Enter")
    expect(page.locator(".timeline").first).to_contain_text("Left a message with a colleague.")
    assert hands.since() <= 3, "log a call"

    hands.press("g")
    hands.press("t")
    expect(page.locator(".today")).to_be_visible()
    hands.since()
    hands.press("j")
    expect(page.locator(".is-current")).to_be_visible()
    assert hands.since() == 1, "the next lead"
    hands.press("j")
    hands.press("k")
    expect(page.locator(".is-current")).to_have_count(1)


def test_works_a_lead_with_a_thumb(open_as: Open, callers: tuple[Visitor, ...]) -> None:
    page = open_as("petr", viewport=PHONE)
    hands = Hands(page)

    hands.click(f".work:has-text('{callers[2].name}') button:has-text('Accept')")
    page.locator(f":is(.work, h1):has-text('{callers[2].name}')").first.wait_for()
    assert hands.since() + 1 <= 2, "accept, and press the number"

    page.goto("/")
    hands.click(f".work:has-text('{callers[2].name}') :text('Log call')")
    page.locator("form[action$=call] textarea").fill("Agreed a visit.")
    hands.click("button:has-text('Save the call')")
    expect(page.locator(".timeline").first).to_contain_text("Agreed a visit.")
    assert hands.since() <= 3, "log a call"
    assert width_of(page) == PHONE["width"]

    hands.click(".bottombar a:has-text('Today')")
    expect(page.locator(".today")).to_be_visible()


def test_takes_an_act_back(open_as: Open, callers: tuple[Visitor, ...]) -> None:
    page = open_as("petr", "/leads/?owner=me")
    page.locator("a[data-open]").first.click()
    page.locator("summary:has-text('Task')").click()
    page.locator("form[action$=tasks] [name$=title]").fill("Ask for the drawings")
    page.get_by_role("button", name="Set the task").click()
    expect(page.locator(".desk")).to_contain_text("Ask for the drawings")

    page.get_by_role("button", name="Done: Ask for the drawings").click()
    page.locator(".toast, .toasts").get_by_role("button", name="Undo").click()

    expect(page.locator(".desk")).to_contain_text("Ask for the drawings")


def go_to_row(hands: Hands, visitor: Visitor) -> None:
    """Press j until the row is reached."""
    names = hands.page.locator("[data-row]").all_inner_texts()
    place = next(at for at, text in enumerate(names) if visitor.name in text)
    for _ in range(place + 1):
        hands.press("j")
    expect(hands.page.locator(".is-current")).to_contain_text(visitor.name)


def width_of(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth"))
