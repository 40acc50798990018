"""A marketer's morning: a form for the fair, its list of visitors, the agreed definition, the right leads."""

import csv
import io
import re

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Open
from tests.journeys.doing import fill, send
from tests.journeys.pages import SAMPLE
from tests.journeys.watch import Watch


def test_builds_a_form_that_visitors_can_fill(open_as: Open, watch: Watch) -> None:
    watch.expected.add("status of 422")
    page = open_as("jakub", "/forms/new/")
    fill(page, name="Autumn fair", consent_text="You may send me the newsletter.")
    send(page, "Save")
    expect(page.get_by_role("heading", name="Autumn fair", level=1)).to_be_visible()
    address = page.locator("#content a[href*='/f/']").get_attribute("href") or ""

    visitor = open_as("", address)
    visitor.get_by_role("button", name="Send").click()

    expect(visitor.get_by_role("alert")).to_contain_text("need mending")
    expect(visitor.locator("#f-email")).to_have_attribute("aria-invalid", "true")


def test_shows_what_is_wrong_in_a_form_and_keeps_what_was_typed(open_as: Open, watch: Watch) -> None:
    watch.expected.add("status of 422")
    page = open_as("jakub", "/forms/new/")
    fill(page, topic="bending")
    send(page, "Save")

    expect(page.locator(".notice.danger")).to_contain_text("nothing was saved yet")
    expect(page.locator("[name$=topic]")).to_have_value("bending")


def test_imports_a_list_and_gets_back_what_was_refused(open_as: Open) -> None:
    page = open_as("jakub", "/imports/")
    page.locator("input[type=file]").set_input_files(SAMPLE)
    send(page, "Upload and look")
    expect(page.get_by_role("heading", level=1)).to_have_text("Where do the columns go?")
    send(page, "Try it dry")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Dry run")
    page.get_by_role("button", name="Take it in").click(timeout=20_000)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Done", timeout=20_000)
    with page.expect_download() as started:
        page.get_by_role("link", name=re.compile("rejected rows")).click()

    header, *refused = csv.reader(io.StringIO(started.value.path().read_text("utf-8-sig")))
    assert header[-2:] == ["Line", "Reason"]
    assert [row[-2] for row in refused] == ["5"]
    page.goto("/search/?q=Mäkelä")
    expect(page.locator("#content")).to_contain_text("Aino Mäkelä")


def test_reads_the_playbook(open_as: Open) -> None:
    page = open_as("jakub", "/playbook/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("playbook", ignore_case=True)

    for link in page.locator("#content nav a").all():
        assert link.get_attribute("href")
    page.locator("#content nav a").nth(1).click()

    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_finds_leads_by_filters_keeps_the_view_and_takes_it_along(open_as: Open, watch: Watch) -> None:
    page = open_as("jakub", "/leads/")
    page.get_by_role("link", name="hot", exact=True).click()
    page.locator("select[name=topic]").select_option(index=1)
    expect(page).to_have_url(re.compile("temperature=hot.*topic=|topic=.*temperature=hot"))
    shown = page.locator("tr[data-row]").count()

    save_view(page, "Hot ones")

    expect(page.locator(".view.here")).to_contain_text("Hot ones")
    page.goto("/leads/")
    page.get_by_role("link", name="Hot ones").click()
    expect(page.locator("tr[data-row]")).to_have_count(shown)
    with page.expect_download() as started:
        page.get_by_role("link", name="CSV").click()
    rows = list(csv.reader(io.StringIO(started.value.path().read_text("utf-8-sig"))))
    assert len(rows) == shown + 1


def save_view(page: Page, name: str) -> None:
    page.get_by_role("button", name="Save view").first.click()
    page.get_by_label("Name of this view").fill(name)
    page.locator("#save-view").get_by_role("button", name="Save view").click()
